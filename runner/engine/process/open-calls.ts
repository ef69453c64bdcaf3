import { withDeadline } from '../../deadline.ts';
import type { EngineCall, ToSession } from './protocol.ts';

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** Calls to a session's process that have no answer yet. */
export class OpenCalls {
  readonly #post: (message: ToSession) => void;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(post: (message: ToSession) => void) {
    this.#post = post;
  }

  /** @throws when there is no answer in time, with the process's own error, or with `rejectAll`'s */
  ask(call: EngineCall, patienceMs: number): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#post({ type: 'call', id, call });
    const what = call.method === 'ask' ? call.name : call.method;
    return withDeadline(promise, patienceMs, what).finally(() => this.#waiting.delete(id));
  }

  resolve(id: number, value: unknown): void {
    this.#waiting.get(id)?.resolve(value);
  }

  reject(id: number, error: Error): void {
    this.#waiting.get(id)?.reject(error);
  }

  rejectAll(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}
