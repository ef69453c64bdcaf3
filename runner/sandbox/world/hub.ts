import type { Push, ServerFrame } from '../protocol/frames.ts';
import type { AccountRef } from './accounts.ts';
import { SandboxError } from './errors.ts';
import { waitingStanzas } from './stanzas.ts';
import type { Sql } from './sql.ts';

/** One open page, before or after pairing. */
export type Connection = {
  readonly id: number;
  readonly profile: string;
  /** Set by hello: the device this connection speaks for. */
  link: (AccountRef & { device: number }) | null;
  browser: object;
  /** The reference its QR code shows now. */
  ref: string | null;
  refsShown: number;
  /** True after `resume`: stanzas may flow. */
  flowing: boolean;
  /** Its line is dead, and the page does not know: nothing passes but what a test evaluates. */
  deaf: boolean;
  lastSentSeq: number;
  send: (frame: ServerFrame) => void;
  close: () => void;
  /** Ends the socket without a closing handshake. */
  terminate: () => void;
};

const stanzasPerFrame = 200;

/** When one connection spoke for a device, ms since the epoch; `to` is null while it does. */
type Spell = AccountRef & { device: number; from: number; to: number | null };

const spellsKept = 10_000;

/** The open connections: who is online, which references and codes are live. Nothing here survives a restart. */
export class Hub {
  readonly #sql: Sql;
  readonly #connections = new Set<Connection>();
  readonly #codes = new Map<string, { connection: Connection; phone: string }>();
  readonly #evals = new Map<
    number,
    { connection: Connection; settle: (ok: boolean, value: unknown) => void }
  >();
  readonly #mostAtOnce = new Map<number, number>();
  readonly #now: () => number;
  readonly #open = new Map<Connection, Spell>();
  /** The newest, in the order of their beginning. */
  #spells: Spell[] = [];
  #nextEval = 1;

  constructor(sql: Sql, now: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection);
    this.#endSpell(connection);
    for (const [code, entry] of this.#codes) {
      if (entry.connection === connection) this.#codes.delete(code);
    }
    for (const [id, entry] of this.#evals) {
      if (entry.connection !== connection) continue;
      this.#evals.delete(id);
      entry.settle(false, 'the page went away');
    }
  }

  terminateAll(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  ofDevice(device: number): Connection[] {
    return [...this.#connections].filter((one) => one.link?.device === device);
  }

  ofAccount(ref: AccountRef): Connection[] {
    return [...this.#connections].filter(
      ({ link }) => link !== null && link.world === ref.world && link.pn === ref.pn,
    );
  }

  byRef(ref: string): Connection | null {
    return [...this.#connections].find((one) => one.ref === ref) ?? null;
  }

  /** Makes the connection speak for a device. @returns how many now do, and the others. */
  bind(connection: Connection, link: AccountRef & { device: number }): Connection[] {
    const others = this.ofDevice(link.device).filter((one) => one !== connection);
    connection.link = link;
    this.#beginSpell(connection, link);
    connection.ref = null;
    connection.flowing = false;
    connection.lastSentSeq = 0;
    const most = this.#mostAtOnce.get(link.device) ?? 0;
    this.#mostAtOnce.set(link.device, Math.max(most, others.length + 1));
    return others;
  }

  #beginSpell(connection: Connection, link: AccountRef & { device: number }): void {
    if (this.#open.get(connection)?.device === link.device) return;
    this.#endSpell(connection);
    const spell = { ...link, from: this.#now(), to: null };
    this.#open.set(connection, spell);
    this.#spells = [...this.#spells.slice(1 - spellsKept), spell];
  }

  #endSpell(connection: Connection): void {
    const spell = this.#open.get(connection);
    this.#open.delete(connection);
    if (spell !== undefined) spell.to = this.#now();
  }

  /** When this account's devices were connected, since the sandbox started; oldest first. */
  spellsOf(ref: AccountRef): readonly Spell[] {
    return this.#spells.filter(({ world, pn }) => world === ref.world && pn === ref.pn);
  }

  /** The most connections that ever spoke for this device at the same time, since the sandbox started. */
  mostAtOnce(device: number): number {
    return this.#mostAtOnce.get(device) ?? 0;
  }

  pushToAccount(ref: AccountRef, push: Push): number {
    const connections = this.ofAccount(ref);
    for (const connection of connections) connection.send(push);
    return connections.length;
  }

  /** Sends a device what it has not been sent on its present connection. */
  poke(device: number): void {
    for (const connection of this.ofDevice(device)) {
      if (connection.flowing) this.#flow(connection, device);
    }
  }

  #flow(connection: Connection, device: number): void {
    for (;;) {
      const stanzas = waitingStanzas(this.#sql, device, connection.lastSentSeq, stanzasPerFrame);
      const last = stanzas.at(-1);
      if (last === undefined) return;
      connection.lastSentSeq = last.seq;
      connection.send({ stanzas });
    }
  }

  setCode(code: string, connection: Connection, phone: string): void {
    for (const [known, entry] of this.#codes) {
      if (entry.connection === connection) this.#codes.delete(known);
    }
    this.#codes.set(code, { connection, phone });
  }

  /** Hands out a live code once. */
  takeCode(code: string): { connection: Connection; phone: string } | null {
    const entry = this.#codes.get(code) ?? null;
    this.#codes.delete(code);
    return entry;
  }

  /** Runs JavaScript in a page and resolves with its value. For tests. */
  evaluate(connection: Connection, js: string): Promise<unknown> {
    const evalId = this.#nextEval++;
    return new Promise((resolve, reject) => {
      this.#evals.set(evalId, {
        connection,
        settle: (ok, value) => {
          if (ok) resolve(value);
          else reject(new SandboxError(422, 'PAGE_ERROR', String(value)));
        },
      });
      connection.send({ push: 'eval', evalId, js });
    });
  }

  settleEval(evalId: number, ok: boolean, value: unknown): void {
    const entry = this.#evals.get(evalId);
    this.#evals.delete(evalId);
    entry?.settle(ok, value);
  }
}
