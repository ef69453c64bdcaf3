import { z } from 'zod';

/** How a project's key set answers from now on. */
export const JwksScript = z.object({
  status: z.number().int().default(200),
  /** Stand in the set beside the project's own. */
  extraKeys: z.array(z.record(z.string(), z.unknown())).default([]),
});
export type JwksScript = z.infer<typeof JwksScript>;

/** A token to make. Without `secret` and `alg` it is signed by the project's current key. */
export const SignRequest = z.object({
  payload: z.record(z.string(), z.unknown()),
  alg: z.literal('none').optional(),
  /** HS256 by this. */
  secret: z.string().optional(),
  /** Instead of the key's own. */
  kid: z.string().optional(),
  withoutKid: z.boolean().default(false),
});
export type SignRequest = z.infer<typeof SignRequest>;
