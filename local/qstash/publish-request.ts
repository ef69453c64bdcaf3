import { z } from 'zod';
import { HttpError } from '../http.ts';
import type { MessageSpec } from './message.ts';
import { isRetryDelay } from './retry-delay.ts';

export type PublishRequest = {
  spec: MessageSpec;
  body: Uint8Array;
  /** Unix ms before which nothing is delivered. */
  dueAt: number;
  /** Two requests with the same id within the window are one message. */
  deduplicationId: string | null;
};

const wholeNumber = z
  .string()
  .regex(/^\d{1,12}$/, 'is no whole number')
  .transform(Number);

/** The headers that Waypost's clock sends with a message. Any other `Upstash-…` is refused: it would mean something to QStash. */
const PublishHeaders = z
  .object({
    'content-type': z.string(),
    'upstash-method': z.literal('POST'),
    'upstash-retries': wholeNumber,
    'upstash-retry-delay': z.string().refine(isRetryDelay, 'is not "pow(<n>, retried) * <n>"'),
    'upstash-not-before': wholeNumber.optional(),
    'upstash-deduplication-id': z.string().min(1).optional(),
    'upstash-flow-control-key': z.string().min(1),
    'upstash-flow-control-value': z
      .string()
      .regex(/^parallelism=[1-9]\d{0,5}$/, 'is not "parallelism=<n>"')
      .transform((text) => Number(text.slice('parallelism='.length))),
  })
  .strict();

const Batch = z
  .array(
    z.object({
      destination: z.url({ protocol: /^https?$/ }),
      headers: z
        .record(z.string(), z.string())
        .transform((given): unknown =>
          Object.fromEntries(
            Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]),
          ),
        )
        .pipe(PublishHeaders),
      body: z.string(),
      queue: z.undefined('queues are not supported here').optional(),
    }),
  )
  .max(1_000);

/** Reads the body of `POST /v2/batch`. @throws HttpError 400 naming what is wrong in which message */
export function parseBatch(body: unknown, now: number): PublishRequest[] {
  const parsed = Batch.safeParse(body);
  if (!parsed.success) throw new HttpError(400, `invalid batch: ${z.prettifyError(parsed.error)}`);
  return parsed.data.map(({ destination, headers, body: text }) => ({
    spec: {
      url: destination,
      header: { 'content-type': [headers['content-type']] },
      maxRetries: headers['upstash-retries'],
      retryDelay: headers['upstash-retry-delay'],
      flowControl: {
        key: headers['upstash-flow-control-key'],
        parallelism: headers['upstash-flow-control-value'],
      },
    },
    body: Buffer.from(text),
    dueAt: Math.max(now, (headers['upstash-not-before'] ?? 0) * 1_000),
    deduplicationId: headers['upstash-deduplication-id'] ?? null,
  }));
}
