import { z } from '@hono/zod-openapi';
import { isCountry } from '../../../shared/recipient.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** A zone's name as it is kept: in the spelling of the zone table where only the case was another. Null for none. */
export function normalizeTimeZone(text: string): string | null {
  // What looks like an offset is left out: Intl takes it, and it knows no summer time.
  if (!NAME.test(text)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return null; // a RangeError: Intl knows no such zone
  }
}

export const TimeZone = z
  .string()
  .max(64)
  .transform((text, context) => {
    const zone = normalizeTimeZone(text);
    if (zone !== null) return zone;
    context.addIssue({ code: 'custom', message: 'must be an IANA time zone, as Europe/Berlin' });
    return z.NEVER;
  })
  .openapi({ type: 'string', description: 'IANA time zone.', example: 'Europe/Berlin' });

export const CountryCode = z
  .string()
  .max(2)
  .transform((text, context) => {
    const code = text.toUpperCase();
    if (isCountry(code)) return code;
    context.addIssue({ code: 'custom', message: 'must be an ISO 3166 country code such as GB' });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    description:
      'Country of phone numbers without a country code, by its ISO 3166 code; null for none. A number that can be read as a local and as an international one is refused.',
    example: 'GB',
  });

export const ROLES = ['owner', 'member'] as const;

export const MemberRole = z
  .enum(ROLES)
  .openapi({ description: 'An owner can reach everything and manages the workspace.' });

export const AllSessions = z.boolean().openapi({
  description:
    'Whether a member can reach all sessions, or only those that they and their keys created.',
});
