import { z } from 'zod';

/** What is to be delivered and how: as its publisher asked. */
export const MessageSpec = z.object({
  url: z.string(),
  /** Headers of the delivery, beside QStash's own. */
  header: z.record(z.string(), z.array(z.string())),
  maxRetries: z.number().int().nonnegative(),
  /** See `retry-delay.ts`. */
  retryDelay: z.string(),
  /** At most so many deliveries of a key at once. */
  flowControl: z.object({ key: z.string(), parallelism: z.number().int().positive() }),
});
export type MessageSpec = z.infer<typeof MessageSpec>;

/** An accepted message that is not finished. Times in unix ms. */
export type Message = {
  seq: number;
  id: string;
  /** Earliest time of the next attempt. */
  dueAt: number;
  createdAt: number;
  /** Attempts that failed so far. */
  retried: number;
  spec: MessageSpec;
  body: Uint8Array;
};
