import { z } from 'zod';

const headerMapSchema = z.record(z.string(), z.array(z.string()));
export type HeaderMap = z.infer<typeof headerMapSchema>;

const flowControlSchema = z.object({
  key: z.string(),
  /** At most this many deliveries of the key at once. */
  parallelism: z.number().int().positive().optional(),
  /** At most this many deliveries begun per period. */
  rate: z.number().int().positive().optional(),
  periodMs: z.number().positive(),
});
export type FlowControl = z.infer<typeof flowControlSchema>;

/** What is to be delivered and how: as its publisher asked. */
export const messageSpecSchema = z.object({
  url: z.string(),
  method: z.string(),
  header: headerMapSchema,
  maxRetries: z.number().int().nonnegative(),
  retryDelay: z.string().nullable(),
  timeoutMs: z.number(),
  flowControl: flowControlSchema.nullable(),
});
export type MessageSpec = z.infer<typeof messageSpecSchema>;

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

export const specColumn = z
  .string()
  .transform((text) => messageSpecSchema.parse(JSON.parse(text) as unknown));

export const bodyColumn = z.instanceof(Uint8Array);

/** `{body}` when the bytes are UTF-8, else `{bodyBase64}`, as QStash shows them; `{}` when empty. */
export function shownBody(bytes: Uint8Array): { body?: string; bodyBase64?: string } {
  if (bytes.length === 0) return {};
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer)
    ? { body: text }
    : { bodyBase64: buffer.toString('base64') };
}

/** A message as `GET /v2/messages/:id` shows it. */
export function shownMessage(message: Omit<Message, 'seq'>): Record<string, unknown> {
  return {
    messageId: message.id,
    url: message.spec.url,
    method: message.spec.method,
    header: message.spec.header,
    ...(message.spec.retryDelay !== null && { retryDelayExpression: message.spec.retryDelay }),
    ...shownBody(message.body),
    maxRetries: message.spec.maxRetries,
    notBefore: message.dueAt,
    createdAt: message.createdAt,
  };
}
