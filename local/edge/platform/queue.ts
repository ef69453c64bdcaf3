import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
import type { QueuedMessage, QueueResult, Worker } from './worker.ts';

/** As wrangler.toml says it. A batch that isn't full goes after `max_batch_timeout` seconds. */
type Consumer = {
  queue: string;
  max_batch_size: number;
  max_batch_timeout: number;
  max_retries: number;
};
type Env = { WORKER: Worker; QUEUE: DurableObjectNamespace<Queue>; CONSUMERS: Consumer[] };

/** A producer's binding: workerd posts each message to it. The binding's props name the queue. */
export class Queues extends WorkerEntrypoint<Env, { queue: string }> {
  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname !== '/message' || request.headers.get('x-msg-fmt') !== 'json')
      return new Response('only one JSON message at a time', { status: 501 });
    const { queue } = this.ctx.props;
    const backlogCount = await this.env.QUEUE.getByName(queue).keep(queue, await request.json());
    const metrics = { backlogCount, backlogBytes: 0, oldestMessageTimestamp: 0 };
    return Response.json({ metadata: { metrics } });
  }
}

/** One queue, in memory: what it holds is lost with the process. Hands batches to the Worker, one at a time. */
export class Queue extends DurableObject<Env> {
  readonly #waiting: QueuedMessage[] = [];
  #timer: number | null = null;
  #busy = false;

  /** @returns how many messages wait */
  keep(queue: string, body: unknown): number {
    this.#add(queue, { id: crypto.randomUUID(), timestamp: new Date(), body, attempts: 1 });
    return this.#waiting.length;
  }

  #add(queue: string, message: QueuedMessage): void {
    this.#waiting.push(message);
    this.#plan(queue);
  }

  #plan(queue: string): void {
    const consumer = this.env.CONSUMERS.find((one) => one.queue === queue);
    if (consumer === undefined || this.#busy || this.#waiting.length === 0) return;
    const isFull = this.#waiting.length >= consumer.max_batch_size;
    if (this.#timer !== null && !isFull) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.ctx.waitUntil(this.#deliver(consumer)),
      isFull ? 0 : consumer.max_batch_timeout * 1_000,
    );
  }

  async #deliver(consumer: Consumer): Promise<void> {
    this.#timer = null;
    this.#busy = true;
    const batch = this.#waiting.splice(0, consumer.max_batch_size);
    const result = await this.env.WORKER.queue(consumer.queue, batch).catch((error: unknown) => {
      say(consumer, String(error));
      return undefined;
    });
    for (const message of batch) {
      const delaySeconds = retryAfter(result, message.id);
      if (delaySeconds === null) continue;
      if (message.attempts > consumer.max_retries)
        say(consumer, 'a message is dropped after its last attempt');
      else
        setTimeout(
          () => this.#add(consumer.queue, { ...message, attempts: message.attempts + 1 }),
          delaySeconds * 1_000,
        );
    }
    this.#busy = false;
    this.#plan(consumer.queue);
  }
}

/** Seconds until a message comes again; null when the Worker has taken it. */
function retryAfter(result: QueueResult | undefined, id: string): number | null {
  if (result === undefined || result.outcome !== 'ok') return 0;
  if (result.retryBatch.retry) return result.retryBatch.delaySeconds ?? 0;
  const retry = result.retryMessages.find(({ msgId }) => msgId === id);
  return retry === undefined ? null : (retry.delaySeconds ?? 0);
}

function say({ queue }: Consumer, text: string): void {
  // oxlint-disable-next-line no-console -- a Worker has no other log
  console.error(`queue ${queue}: ${text}`);
}
