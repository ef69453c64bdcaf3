import { z } from 'zod';

/**
 * `drop` does the work and loses the answer; `hang` never answers, and `held` when the next script
 * comes. The body is the whole JSON answer; a list is used up
 * from the front, and its last entry stays.
 */
export const Answer = z.object({
  status: z.number().int().default(200),
  body: z.unknown().default({}),
  drop: z.boolean().default(false),
  hang: z.boolean().default(false),
  held: z.boolean().default(false),
});
export type Answer = z.infer<typeof Answer>;

/** By `wake`, `doorbell`, or the name of a command. */
export const Script = z.record(z.string(), z.union([Answer, z.array(Answer).min(1)]));
export type Script = z.infer<typeof Script>;
export type FakeRunnerScript = z.input<typeof Script>;

export const FakeRunnerCall = z.object({
  name: z.string(),
  path: z.string(),
  body: z.unknown(),
  commandId: z.string(),
  session: z.string(),
  epoch: z.string(),
  instance: z.string().nullable(),
  /** Why the signature was refused; null when it was good. */
  refused: z.string().nullable(),
  /** Answered with what an earlier request of the same command id had come to. */
  repeated: z.boolean(),
});
export type FakeRunnerCall = z.infer<typeof FakeRunnerCall>;
