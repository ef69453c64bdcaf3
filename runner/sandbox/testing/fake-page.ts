import { WebSocket } from 'ws';
import type { Creds, OpArgs, OpName } from '../protocol/operations.ts';
import type { NumberedStanza, Push, ServerFrame } from '../protocol/frames.ts';
import type { OpResults } from '../protocol/results.ts';
import type { WireMessage } from '../protocol/records.ts';
import type { SandboxClient } from '../control-client.ts';

const key = (): string => Buffer.alloc(32, 7).toString('base64');

/** A page that is nothing but its socket: says exactly what a test tells it to. */
export class FakePage {
  readonly #socket: WebSocket;
  readonly #pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #next = 1;
  readonly stanzas: NumberedStanza[] = [];
  readonly pushes: Push[] = [];
  closed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#receive(JSON.parse(data.toString('utf8')) as ServerFrame);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      for (const { reject } of this.#pending.values()) reject(new Error('closed'));
    });
  }

  static async open(tlsPort: number): Promise<FakePage> {
    // The sandbox's certificate is its own; only Chromium pins it.
    const socket = new WebSocket(`wss://127.0.0.1:${String(tlsPort)}/ws/chat`, {
      rejectUnauthorized: false,
    });
    const page = new FakePage(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return page;
  }

  ask<K extends OpName>(op: K, args: OpArgs<K>): Promise<OpResults[K]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#socket.send(JSON.stringify({ id, op, args }));
    });
  }

  acknowledge(seqs: number[]): void {
    this.#socket.send(JSON.stringify({ acked: seqs }));
  }

  /** Kinds of the stanzas received so far, with the text of messages. */
  heard(): string[] {
    return this.stanzas.map((stanza) =>
      stanza.kind === 'message' ? (stanza.message.body ?? stanza.message.type) : stanza.kind,
    );
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.close();
    await closed;
  }

  /** Goes away without a word. */
  drop(): void {
    this.#socket.terminate();
  }

  #receive(frame: ServerFrame): void {
    if ('push' in frame) this.pushes.push(frame);
    else if ('stanzas' in frame) this.stanzas.push(...frame.stanzas);
    else {
      const pending = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (frame.ok) pending?.resolve(frame.result);
      else pending?.reject(new Error(`${String(frame.error.status)} ${frame.error.message}`));
    }
  }
}

export const qrOf = (ref: string): string => [ref, key(), key(), key(), '1'].join(',');

/** Pairs a fake page and gives its credentials. The page is left unbound: say hello with them. */
export async function pair(
  phone: SandboxClient,
  page: FakePage,
  who: { world: string; phone: string },
): Promise<Creds> {
  const first = await page.ask('hello', { creds: null, counter: 0, browser: {} });
  if (first.status === 'ok') throw new Error('a page without credentials was let in');
  await phone.scan({ ...who, qr: qrOf(first.ref) });
  for (;;) {
    const paired = page.pushes.find((push) => push.push === 'paired');
    if (paired?.push === 'paired') return paired.creds;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Pairs, says hello and lets stanzas flow. */
export async function goOnline(
  phone: SandboxClient,
  page: FakePage,
  who: { world: string; phone: string },
): Promise<Creds> {
  const creds = await pair(phone, page, who);
  await resume(page, creds, 0);
  return creds;
}

export async function resume(page: FakePage, creds: Creds, counter: number): Promise<void> {
  await page.ask('hello', { creds, counter, browser: {} });
  await page.ask('history', {});
  await page.ask('resume', {});
}

/** A text message from one phone to another. */
export const textMessage = (from: string, to: string, id: string, body: string): WireMessage => ({
  id: { fromMe: true, remote: to, id },
  type: 'chat',
  t: 1_760_000_000,
  from,
  to,
  body,
  ack: 0,
});
