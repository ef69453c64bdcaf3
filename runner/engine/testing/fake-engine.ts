import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import {
  ENGINE_OPERATIONS,
  type EngineInput,
  type EngineOperation,
  type EngineOutput,
} from '../operations.ts';
import type {
  EngineEvent,
  EngineOptions,
  EngineSend,
  EngineSendResult,
  EngineUsage,
  WhatsAppEngine,
} from '../port.ts';
import { linkFile } from './fake-host.ts';
import { readWire, writeWire } from './wire-file.ts';

/** Of each operation, an answer. */
const EXAMPLES: { [Name in EngineOperation]: { example: { output: EngineOutput<Name> } } } =
  ENGINE_OPERATIONS;
type Does = {
  readonly [Name in EngineOperation]?: (input: EngineInput<Name>) => Promise<EngineOutput<Name>>;
};

export type FakeWorld = {
  /** Where everything that reached the wire is written, before it is acknowledged; outlives the process. */
  wireFile: string;
  /** Links by itself instead of waiting for `scan`. */
  autoLink: boolean;
};

/**
 * An engine of the port without a browser, for tests of everything around it. A text decides how its send goes:
 * `@hang-before` and `@hang-after` the wire, `@unknown-sent`, `@unknown-lost`, `@accepted` (no ack yet), `@failed`, `@never-ready`,
 * `@unavailable` (the first time), `@crash`; any other text is sent.
 */
export class FakeEngine implements WhatsAppEngine {
  readonly options: EngineOptions;
  /** Names of the calls that were made, in order. */
  readonly calls: string[] = [];
  /** Every emit, also after the end: an engine that does not know it is dead. */
  readonly emit: (event: EngineEvent) => void;
  readonly #world: FakeWorld;
  readonly #hanging = new Set<(error: Error) => void>();
  readonly #unavailable = new Set<string>();
  /** What `usage` returns. */
  taken: EngineUsage | null = null;
  /** Number of the phone that links. */
  phoneNumber = '15550001234';
  codes = 0;
  up = false;
  frozen = false;
  /** What every `ask` rejects with. */
  failure: Error | null = null;
  killed = false;
  /** WhatsApp does not answer. */
  offline = false;

  constructor(world: FakeWorld, options: EngineOptions, emit: (event: EngineEvent) => void) {
    this.#world = world;
    this.options = options;
    this.emit = emit;
  }

  async start(): Promise<void> {
    this.calls.push('start');
    this.up = true;
    if (existsSync(this.#linkFile())) return this.#comeOnline();
    this.emit({
      type: 'qr',
      qr: `2@fake-${this.options.sessionId}`,
      expiresAt: Date.now() + 60_000,
    });
    if (this.#world.autoLink) this.scan();
  }

  /** The phone scans the code. */
  scan(): void {
    mkdirSync(this.options.stateDir, { recursive: true });
    writeFileSync(this.#linkFile(), 'linked');
    this.#comeOnline();
  }

  #comeOnline(): void {
    this.emit({ type: 'authenticated' });
    const me = { phoneNumber: this.phoneNumber, lid: null, displayName: 'Fake' };
    this.emit({ type: 'ready', me, webVersion: '2.fake' });
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
    this.#end();
  }

  kill(): void {
    this.calls.push('kill');
    this.killed = true;
    this.#end();
  }

  async logout(): Promise<void> {
    this.calls.push('logout');
    rmSync(this.#linkFile(), { force: true });
    this.emit({ type: 'logged_out', reason: 'requested', unclear: this.offline });
    this.#end();
    this.emit({ type: 'closed', reason: 'stopped', detail: 'logged out' });
  }

  /** The browser dies: what was under way rejects. */
  crash(): void {
    this.#end();
    this.emit({ type: 'closed', reason: 'crashed', detail: 'the fake browser crashed' });
  }

  async send(message: EngineSend): Promise<EngineSendResult> {
    this.calls.push('send');
    const text = textOf(message);
    const wireKey = `true_${message.chatId}_${message.wireId}`;
    const [behaviour = ''] = text.split(' ');
    switch (behaviour) {
      case '@hang-before':
        return this.#hang();
      case '@hang-after':
        this.#toWire(message, 1);
        return this.#hang();
      case '@unknown-sent':
        this.#toWire(message, 1);
        return { outcome: 'unknown', message: 'the page reloaded' };
      case '@unknown-lost':
        return { outcome: 'unknown', message: 'the page reloaded' };
      case '@accepted':
        this.#toWire(message, 0);
        return { outcome: 'accepted', wireKey };
      case '@failed':
        return { outcome: 'failed', code: 'MESSAGE_FAILED', message: 'refused by WhatsApp' };
      case '@unavailable':
        if (this.#unavailable.has(message.wireId)) break;
        this.#unavailable.add(message.wireId);
        return { outcome: 'failed', code: 'UNAVAILABLE', message: 'the hook is missing' };
      case '@never-ready':
        return { outcome: 'failed', code: 'UNAVAILABLE', message: 'the page is still loading' };
      case '@crash':
        this.crash();
        throw new Error('the browser is gone');
    }
    this.#toWire(message, 1);
    return { outcome: 'sent', wireKey };
  }

  /** Answers by what the world holds, or else as the row's example does. */
  async ask<Name extends EngineOperation>(
    name: Name,
    input: EngineInput<Name>,
  ): Promise<EngineOutput<Name>> {
    this.calls.push(name);
    if (this.failure !== null) throw this.failure;
    return (this.#does[name] ?? (async () => EXAMPLES[name].example.output))(input);
  }

  readonly #does: Does = {
    lookUp: async ({ wireId, chatId }) => {
      const found = readWire(this.#world.wireFile).findLast((record) => record.wireId === wireId);
      if (found === undefined) return { found: false };
      return { found: true, ack: found.ack, wireKey: `true_${chatId}_${wireId}` };
    },
    /** A number that begins with 1999 is refused. */
    requestPairingCode: async ({ phone }) => {
      if (existsSync(this.#linkFile())) return { outcome: 'already_linked' };
      if (phone.startsWith('1999')) return { outcome: 'refused', message: 'not on WhatsApp' };
      return { outcome: 'shown', ...this.showCode() };
    },
  };

  /** A new code takes the place of the one before. */
  showCode(): { code: string; expiresAt: number } {
    this.codes += 1;
    const shown = { code: `FAKE000${this.codes}`, expiresAt: Date.now() + 180_000 };
    this.emit({ type: 'pairing_code', ...shown });
    return shown;
  }

  async usage(): Promise<EngineUsage | null> {
    return this.up ? this.taken : null;
  }

  async paused<T>(_capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.calls.push('paused');
    return work(new AbortController().signal);
  }

  async ping(): Promise<{ state: string }> {
    this.calls.push('ping');
    return this.frozen ? this.#hang() : { state: 'CONNECTED' };
  }

  #toWire(message: EngineSend, ack: number): void {
    const { wireId, chatId } = message;
    const { sessionId } = this.options;
    writeWire(this.#world.wireFile, { sessionId, wireId, chatId, text: textOf(message), ack });
  }

  #hang(): Promise<never> {
    return new Promise((_, reject) => this.#hanging.add(reject));
  }

  #end(): void {
    this.up = false;
    for (const reject of this.#hanging) reject(new Error('the engine ended'));
    this.#hanging.clear();
  }

  #linkFile(): string {
    return linkFile(this.options.stateDir);
  }
}

function textOf({ content }: EngineSend): string {
  const { text, caption } = { text: null, caption: null, ...content };
  return text ?? caption ?? '';
}
