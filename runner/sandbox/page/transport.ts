import type { ClientFrame, NumberedStanza, Push, ServerFrame } from '../protocol/frames.ts';
import type { OpArgs, OpName } from '../protocol/operations.ts';
import type { OpResults } from '../protocol/results.ts';
import { ConnectionLostError, ServerStatusCodeError } from './errors.ts';

type Pending = { resolve: (value: unknown) => void; reject: (error: unknown) => void };
type Handlers = {
  onPush: (push: Push) => void;
  onStanzas: (stanzas: NumberedStanza[]) => void;
  onClose: () => void;
};

/** The page's line to the world: numbered questions and answers, pushes, and stanzas to acknowledge. */
export class Transport {
  readonly #handlers: Handlers;
  #socket: WebSocket | null = null;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
  }

  connect(): Promise<void> {
    this.#drop();
    const socket = new WebSocket(`wss://${location.host}/ws/chat`);
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onmessage = (event) => {
        // The sandbox's own server is at the other end.
        this.#receive(JSON.parse(String(event.data)) as ServerFrame);
      };
      socket.onclose = () => {
        reject(new ConnectionLostError());
        if (this.#socket !== socket) return;
        this.#socket = null;
        this.#failPending();
        this.#handlers.onClose();
      };
    });
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @throws ServerStatusCodeError when the world refuses, ConnectionLostError when the line breaks first. */
  ask<K extends OpName>(op: K, args: OpArgs<K>): Promise<OpResults[K]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (!this.#send({ id, op, args })) {
        reject(new ConnectionLostError());
        return;
      }
      // The world answers an operation with that operation's result.
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  acknowledge(seqs: number[]): void {
    this.#send({ acked: seqs });
  }

  answerEval(evalId: number, ok: boolean, value: unknown): void {
    this.#send({ evalId, ok, value });
  }

  /** Closes the line; `onClose` follows as for any loss. */
  close(): void {
    this.#socket?.close();
  }

  /** Closes the line without calling `onClose`. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#failPending();
  }

  #failPending(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new ConnectionLostError());
  }

  #send(frame: ClientFrame): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #receive(frame: ServerFrame): void {
    if ('push' in frame) this.#handlers.onPush(frame);
    else if ('stanzas' in frame) this.#handlers.onStanzas(frame.stanzas);
    else {
      const pending = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (frame.ok) pending?.resolve(frame.result);
      else pending?.reject(new ServerStatusCodeError(frame.error.status, frame.error.message));
    }
  }
}
