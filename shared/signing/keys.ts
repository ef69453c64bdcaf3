import { z } from 'zod';

const SigningKey = z.object({
  id: z.string().min(1),
  secret: z.string().regex(/^[0-9a-f]{64,}$/, 'at least 32 bytes, as lower-case hex'),
});

/** Shared HMAC keys of one direction, as they stand in configuration: the first signs, all verify (current, next). */
export const SigningKeys = z.array(SigningKey).min(1).max(3);
export type SigningKeys = z.infer<typeof SigningKeys>;

/** The same, as one environment variable: `id:hexsecret[,id:hexsecret]`. */
export const SigningKeysText = z.string().transform((text, context): SigningKeys => {
  const keys = SigningKeys.safeParse(
    text.split(',').map((pair) => {
      const [id, secret] = pair.trim().split(':');
      return { id, secret };
    }),
  );
  if (keys.success) return keys.data;
  context.addIssue({
    code: 'custom',
    message: 'expected id:hexsecret[,id:hexsecret], 32 bytes or more each',
  });
  return z.NEVER;
});

/** Named through the API, since Node's and workerd's global types spell it differently. */
type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Keys come from configuration, so there are few, and importing one costs as much as signing with it. */
const imported = new Map<string, Promise<HmacKey>>();

export function importHmacKey(secret: string, usage: 'sign' | 'verify'): Promise<HmacKey> {
  const name = `${usage}:${secret}`;
  const known = imported.get(name);
  if (known !== undefined) return known;
  const raw = Uint8Array.from(secret.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', raw, algorithm, false, [usage]);
  imported.set(name, key);
  return key;
}
