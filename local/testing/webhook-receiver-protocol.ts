import { z } from 'zod';

/**
 * How to answer. `hang` never does; `drip` sends a byte now and then for ever; `bytes` pads the body to that size. A list
 * is used up from the front, and its last entry stays.
 */
export const Reply = z.object({
  status: z.number().int().default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  bytes: z.number().int().min(0).default(0),
  hang: z.boolean().default(false),
  drip: z.boolean().default(false),
});
export type Reply = z.infer<typeof Reply>;

export const Script = z.array(Reply).min(1);
export type ReceiverScript = z.input<typeof Script>;

export const ReceivedRequest = z.object({
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type ReceivedRequest = z.infer<typeof ReceivedRequest>;

export const OK: Reply = Reply.parse({});
