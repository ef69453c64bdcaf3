import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { closeServer, listenOnLoopback } from '../../http.ts';

export type Received = {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
};
export type Reply = { status: number; headers?: Record<string, string>; body?: string };
type Behaviour = (received: Received) => Reply | Promise<Reply>;

/** A real HTTP server that records what it gets, for tests. Replies 200 unless told otherwise. */
export class TestReceiver {
  readonly received: Received[] = [];
  behaviour: Behaviour = () => ({ status: 200 });
  url = '';
  /** Most requests that were open at once. */
  mostOpen = 0;
  #open = 0;
  #waiting: (() => void)[] = [];
  readonly #server = createServer((request, response) => {
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received: Received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        at: Date.now(),
      };
      this.received.push(received);
      for (const wake of this.#waiting.splice(0)) wake();
      void Promise.resolve(this.behaviour(received)).then((reply) => {
        this.#open -= 1;
        response.writeHead(reply.status, reply.headers).end(reply.body);
      });
    });
  });

  async listen(port = 0): Promise<this> {
    this.url = await listenOnLoopback(this.#server, port);
    return this;
  }

  async close(): Promise<void> {
    await closeServer(this.#server, 0);
  }

  /** Resolves when `count` requests have come. @throws Error after `deadlineMs`. */
  async waitFor(count: number, deadlineMs = 10_000): Promise<Received[]> {
    const deadline = Date.now() + deadlineMs;
    while (this.received.length < count) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`got ${this.received.length} of ${count} requests`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.received;
  }
}

/** Polls until `read` gives something. @throws Error after `deadlineMs`. */
export async function eventually<T>(
  read: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('the awaited condition never came');
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
