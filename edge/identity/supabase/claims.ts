import { z } from 'zod';
import { EmailAddress } from '../email-address.ts';

/** What is taken from a Supabase access token. Its metadata is the user's own to write, and is never read. */
export type SupabaseClaims = { subject: string; email: string };

const Payload = z.object({
  sub: z.string().min(1).max(255),
  email: EmailAddress,
  role: z.literal('authenticated').optional(),
  is_anonymous: z.literal(false).optional(),
});

/** The claims of a token whose signature is good; null when it is not one of a person with an address. Pure. */
export function claimsOf(payload: unknown): SupabaseClaims | null {
  const read = Payload.safeParse(payload);
  if (!read.success) return null;
  const { sub, email } = read.data;
  return { subject: sub, email };
}
