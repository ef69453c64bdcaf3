import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import worker from '../worker.ts';

/**
 * A queue binding that keeps what is sent, as it would travel. The real one would hand it to the Worker's consumer with the
 * environment of another test file, and so to another database.
 */
export function captureQueue() {
  const waiting: unknown[] = [];
  const keep = (body: unknown): void => void waiting.push(JSON.parse(JSON.stringify(body)));
  const binding: Pick<Queue, 'send' | 'sendBatch'> = {
    send: async (body) => {
      keep(body);
      return { metadata: { metrics: { backlogCount: waiting.length, backlogBytes: 0 } } };
    },
    sendBatch: async (messages) => {
      for (const { body } of messages) keep(body);
      return { metadata: { metrics: { backlogCount: waiting.length, backlogBytes: 0 } } };
    },
  };
  return { binding, take: (): unknown[] => waiting.splice(0) };
}

/** Gives the Worker's consumer one batch, and says what it wants done with it. */
export async function consume(
  bodies: readonly unknown[],
  env: Record<string, unknown>,
  attempts = 1,
) {
  const batch = createMessageBatch(
    'waypost-audit',
    bodies.map((body, n) => ({ id: `${n}`, timestamp: new Date(), attempts, body })),
  );
  const execution = createExecutionContext();
  await worker.queue?.(batch, env, execution);
  return getQueueResult(batch, execution);
}
