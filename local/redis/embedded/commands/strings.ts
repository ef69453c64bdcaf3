import { OK, RedisError, type Reply } from '../../reply.ts';
import {
  float,
  formatFloat,
  inRange,
  integer,
  pairs,
  parseOptions,
  small,
  syntaxError,
} from '../arguments.ts';
import type { Keyspace } from '../keyspace.ts';
import { type Commands, read, write } from './command.ts';

const EXPIRY_OPTIONS = ['EX', 'PX', 'EXAT', 'PXAT'] as const;

type Options = ReturnType<typeof parseOptions>;

/** The moment (ms since the epoch) that EX, PX, EXAT or PXAT name; undefined without any. */
function expiryIn(options: Options, now: number, command: string): number | undefined {
  const given = EXPIRY_OPTIONS.filter((name) => options.has(name));
  const [name] = given;
  if (given.length > 1) throw syntaxError();
  if (name === undefined) return undefined;
  const amount = small(options.get(name));
  if (amount <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  const ms = name.startsWith('EX') ? amount * 1000 : amount;
  return name.endsWith('AT') ? ms : now + ms;
}

const text = (keyspace: Keyspace, key: string): string | null => keyspace.value(key) ?? null;

const put = (keyspace: Keyspace, key: string, value: string, expiresAt?: number): void =>
  keyspace.put(key, value, expiresAt);

function set(keyspace: Keyspace, [key = '', value = '', ...rest]: string[]): Reply {
  const options = parseOptions(rest, ['NX', 'XX', 'GET', 'KEEPTTL'], EXPIRY_OPTIONS);
  const expiresAt = expiryIn(options, keyspace.now, 'set');
  const conflicting = options.has('NX') && options.has('XX');
  if (conflicting || (options.has('KEEPTTL') && expiresAt !== undefined)) throw syntaxError();
  const before = options.has('GET') ? text(keyspace, key) : null;
  const exists = keyspace.value(key) !== undefined;
  const refused = (options.has('NX') && exists) || (options.has('XX') && !exists);
  if (!refused) {
    put(keyspace, key, value, options.has('KEEPTTL') ? keyspace.expiresAt(key) : expiresAt);
  }
  if (options.has('GET')) return before;
  return refused ? null : OK;
}

/** SETEX and PSETEX. */
function setFor(keyspace: Keyspace, args: string[], unit: 'EX' | 'PX'): Reply {
  const [key = '', amount = '', value = ''] = args;
  return set(keyspace, [key, value, unit, amount]);
}

function getEx(keyspace: Keyspace, [key = '', ...rest]: string[]): Reply {
  const options = parseOptions(rest, ['PERSIST'], EXPIRY_OPTIONS);
  const expiresAt = expiryIn(options, keyspace.now, 'getex');
  const value = text(keyspace, key);
  if (expiresAt !== undefined || options.has('PERSIST')) keyspace.expire(key, expiresAt);
  return value;
}

/** @returns the new value; beyond 2^53 JSON cannot carry it exactly, as with Upstash itself. */
function add(keyspace: Keyspace, key: string, amount: bigint): number {
  const sum = inRange(integer(text(keyspace, key) ?? '0') + amount);
  put(keyspace, key, String(sum), keyspace.expiresAt(key));
  return Number(sum);
}

function addFloat(keyspace: Keyspace, [key = '', amount]: string[]): string {
  const sum = float(text(keyspace, key) ?? '0') + float(amount);
  if (!Number.isFinite(sum)) {
    throw new RedisError('ERR increment would produce NaN or Infinity');
  }
  put(keyspace, key, formatFloat(sum), keyspace.expiresAt(key));
  return formatFloat(sum);
}

function append(keyspace: Keyspace, [key = '', tail = '']: string[]): number {
  const whole = (text(keyspace, key) ?? '') + tail;
  put(keyspace, key, whole, keyspace.expiresAt(key));
  return Buffer.byteLength(whole);
}

export const stringCommands: Commands = {
  GET: read([1, 1], (keyspace, [key = '']) => text(keyspace, key)),
  MGET: read([1], (keyspace, keys) =>
    keys.map((key) => {
      const value = keyspace.value(key);
      return value ?? null;
    }),
  ),
  STRLEN: read([1, 1], (keyspace, [key = '']) => Buffer.byteLength(text(keyspace, key) ?? '')),
  SET: write([2], set),
  SETEX: write([3, 3], (keyspace, args) => setFor(keyspace, args, 'EX')),
  PSETEX: write([3, 3], (keyspace, args) => setFor(keyspace, args, 'PX')),
  SETNX: write([2, 2], (keyspace, [key = '', value = '']) =>
    set(keyspace, [key, value, 'NX']) === OK ? 1 : 0,
  ),
  GETSET: write([2, 2], (keyspace, [key = '', value = '']) => set(keyspace, [key, value, 'GET'])),
  GETEX: write([1], getEx),
  GETDEL: write([1, 1], (keyspace, [key = '']) => {
    const value = text(keyspace, key);
    keyspace.remove(key);
    return value;
  }),
  MSET: write([2], (keyspace, words) => {
    for (const [key, value] of pairs(words, 'mset')) put(keyspace, key, value);
    return OK;
  }),
  APPEND: write([2, 2], append),
  INCR: write([1, 1], (keyspace, [key = '']) => add(keyspace, key, 1n)),
  DECR: write([1, 1], (keyspace, [key = '']) => add(keyspace, key, -1n)),
  INCRBY: write([2, 2], (keyspace, [key = '', by]) => add(keyspace, key, integer(by))),
  DECRBY: write([2, 2], (keyspace, [key = '', by]) => add(keyspace, key, -integer(by))),
  INCRBYFLOAT: write([2, 2], addFloat),
};
