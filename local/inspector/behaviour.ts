import { z } from 'zod';

/** How a box answers, so that one can watch a sender retry. */
export const behaviourSchema = z.strictObject({
  /** Status to answer with: 200 unless given, or 500 when `failFirst` is. */
  status: z.number().int().min(200).max(599).optional(),
  /** Wait before answering. */
  delayMs: z.number().int().min(0).max(120_000).optional(),
  /** Only the next so many requests are answered like this, those after them with a plain 200. */
  failFirst: z.number().int().min(0).max(1_000_000).optional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).optional(),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

export type BoxAnswer = { status: number; delayMs: number; headers: Record<string, string> };

/** The answer to a request, given how many came since the behaviour was set. */
export function decideAnswer(behaviour: Behaviour, answeredBefore: number): BoxAnswer {
  const over = behaviour.failFirst !== undefined && answeredBefore >= behaviour.failFirst;
  if (over) return { status: 200, delayMs: 0, headers: {} };
  return {
    status: behaviour.status ?? (behaviour.failFirst === undefined ? 200 : 500),
    delayMs: behaviour.delayMs ?? 0,
    headers: behaviour.headers ?? {},
  };
}
