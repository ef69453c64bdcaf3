import { RedisError } from '../reply.ts';

export type Value =
  | { kind: 'string'; text: string }
  | { kind: 'hash'; fields: Map<string, string> }
  | { kind: 'set'; members: Set<string> }
  | { kind: 'zset'; scores: Map<string, number> };

export type Kind = Value['kind'];
export type ValueOf<K extends Kind> = Extract<Value, { kind: K }>;

type Slot = { value: Value; expiresAt: number | undefined };

const EMPTY: { [K in Kind]: () => ValueOf<K> } = {
  string: () => ({ kind: 'string', text: '' }),
  hash: () => ({ kind: 'hash', fields: new Map() }),
  set: () => ({ kind: 'set', members: new Set() }),
  zset: () => ({ kind: 'zset', scores: new Map() }),
};

/** All keys and when they expire. Time stands still while a command, transaction or script runs. */
export class Keyspace {
  readonly #slots = new Map<string, Slot>();
  /** ms since the epoch; set by whoever runs commands. */
  now = 0;

  /** The value under a key, if it is of this kind. @throws RedisError WRONGTYPE when it is of another. */
  find<K extends Kind>(key: string, kind: K): ValueOf<K> | undefined {
    const value = this.#live(key)?.value;
    if (value === undefined) return undefined;
    if (!isOf(value, kind)) {
      throw new RedisError('WRONGTYPE Operation against a key holding the wrong kind of value');
    }
    return value;
  }

  /** As `find`, but creates an empty one. Call `settle` when it may have become empty again. */
  open<K extends Kind>(key: string, kind: K): ValueOf<K> {
    const found = this.find(key, kind);
    if (found !== undefined) return found;
    const value = EMPTY[kind]();
    this.#slots.set(key, { value, expiresAt: undefined });
    return value;
  }

  /** Removes a collection without members: Redis knows no empty ones. */
  settle(key: string): void {
    const value = this.#slots.get(key)?.value;
    if (value !== undefined && value.kind !== 'string' && sizeOf(value) === 0)
      this.#slots.delete(key);
  }

  put(key: string, value: Value, expiresAt?: number): void {
    this.#slots.set(key, { value, expiresAt });
  }

  remove(key: string): boolean {
    return this.#live(key) !== undefined && this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
  }

  value(key: string): Value | undefined {
    return this.#live(key)?.value;
  }

  /** ms since the epoch; undefined for a key that stays, or that is not there. */
  expiresAt(key: string): number | undefined {
    return this.#live(key)?.expiresAt;
  }

  /** @param at ms since the epoch; a moment that has passed removes the key, undefined lets it stay. */
  expire(key: string, at: number | undefined): void {
    const slot = this.#live(key);
    if (slot === undefined) return;
    slot.expiresAt = at;
    if (at !== undefined && at <= this.now) this.#slots.delete(key);
  }

  /** Every key that is there, oldest first; what has expired is dropped on the way. */
  keys(): string[] {
    return [...this.#slots.keys()].filter((key) => this.#live(key) !== undefined);
  }

  #live(key: string): Slot | undefined {
    const slot = this.#slots.get(key);
    if (slot?.expiresAt === undefined || slot.expiresAt > this.now) return slot;
    this.#slots.delete(key);
    return undefined;
  }
}

function isOf<K extends Kind>(value: Value, kind: K): value is ValueOf<K> {
  return value.kind === kind;
}

function sizeOf(value: Exclude<Value, { kind: 'string' }>): number {
  if (value.kind === 'hash') return value.fields.size;
  return value.kind === 'set' ? value.members.size : value.scores.size;
}
