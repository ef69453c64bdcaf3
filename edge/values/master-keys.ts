import { z } from 'zod';

const EncryptionKey = z.object({
  version: z.string().regex(/^[\w-]{1,32}$/, 'a version such as v1'),
  secret: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'exactly 32 bytes as lower-case hex: openssl rand -hex 32'),
});

/** Master keys as they stand in configuration: the first seals, all open. */
export const EncryptionKeys = z
  .array(EncryptionKey)
  .min(1)
  .refine(
    (keys) => new Set(keys.map(({ version }) => version)).size === keys.length,
    'each version may stand there once',
  );
export type EncryptionKeys = z.infer<typeof EncryptionKeys>;

/** The same, as one environment variable: `v2:<64 hex>,v1:<64 hex>`; the first is for new seals. */
export const EncryptionKeysText = z.string().transform((text, context): EncryptionKeys => {
  const keys = EncryptionKeys.safeParse(
    text.split(',').map((pair) => {
      const [version, secret] = pair.trim().split(':');
      return { version, secret };
    }),
  );
  if (keys.success) return keys.data;
  const [issue] = keys.error.issues;
  context.addIssue({
    code: 'custom',
    message: `expected version:hexkey[,version:hexkey]; ${issue?.message ?? ''}`,
  });
  return z.NEVER;
});
