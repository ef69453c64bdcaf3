import { sha256Hex } from '../../shared/hex.ts';
import { z } from '@hono/zod-openapi';
import type { Idempotency } from '../services/messages/idempotency.ts';

/** The header, as part of a route's `headers` schema. */
export const IdempotencyKey = z
  .string()
  .regex(/^[!-~]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .optional()
  .openapi({
    description:
      'Makes the request safe to repeat for 24 hours. The same key and body on this route return the first answer again, with `Idempotent-Replayed: true`, and nothing is sent twice. Bodies count as the same if they mean the same, for example a session by id or by name. The same key with another body is refused with `IDEMPOTENCY_MISMATCH`. A refused request does not use up its key.',
    example: 'order-4711-shipped',
  });

/** Codes that a route with the header can answer with. */
export const IDEMPOTENCY_ERRORS = ['IDEMPOTENCY_CONFLICT', 'IDEMPOTENCY_MISMATCH'] as const;

/**
 * What a key stands for: this route, and this request after parsing, so that how the JSON was written does not matter.
 * @param request path parameters and body, parsed, with defaults filled in
 */
export async function idempotencyOf(
  key: string | undefined,
  route: string,
  request: unknown,
): Promise<Idempotency | null> {
  if (key === undefined) return null;
  return { key, route, bodyHash: await sha256Hex(JSON.stringify(request, sortKeys)) };
}

/** A replacer for JSON.stringify: objects with their members in the order of their names. */
function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
