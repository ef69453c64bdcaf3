import { OK, RedisError, type Reply } from '../../reply.ts';
import { globPattern, integer, parseOptions, small, syntaxError } from '../arguments.ts';
import type { Keyspace } from '../keyspace.ts';
import { type Commands, read, write } from './command.ts';

function remove(keyspace: Keyspace, keys: string[]): number {
  return keys.filter((key) => keyspace.remove(key)).length;
}

/** EXPIRE and its kin; `toMoment` turns the argument into ms since the epoch. */
function expire(
  keyspace: Keyspace,
  [key = '', amount, ...rest]: string[],
  toMoment: (amount: number) => number,
): number {
  const options = parseOptions(rest, ['NX', 'XX', 'GT', 'LT']);
  const at = toMoment(small(amount));
  if (keyspace.value(key) === undefined) return 0;
  const current = keyspace.expiresAt(key);
  const refused =
    (options.has('NX') && current !== undefined) ||
    (options.has('XX') && current === undefined) ||
    // A key that stays counts as expiring in eternity.
    (options.has('GT') && at <= (current ?? Infinity)) ||
    (options.has('LT') && at >= (current ?? Infinity));
  if (refused) return 0;
  keyspace.expire(key, at);
  return 1;
}

/** -2: no such key; -1: it stays. */
function remaining(keyspace: Keyspace, key: string): number {
  if (keyspace.value(key) === undefined) return -2;
  const at = keyspace.expiresAt(key);
  return at === undefined ? -1 : at - keyspace.now;
}

function rename(keyspace: Keyspace, [from = '', to = '']: string[]): Reply {
  const value = keyspace.value(from);
  if (value === undefined) throw new RedisError('ERR no such key');
  const expiresAt = keyspace.expiresAt(from);
  keyspace.remove(from);
  keyspace.put(to, value, expiresAt);
  return OK;
}

/**
 * Everything at once, with the cursor that says so: COUNT is a hint, and a store this small has no need to
 * remember how far a caller has come while keys come and go.
 */
function scan(keyspace: Keyspace, [cursor, ...rest]: string[]): Reply {
  integer(cursor);
  const options = parseOptions(rest, [], ['MATCH', 'COUNT', 'TYPE']);
  if (options.has('COUNT') && small(options.get('COUNT')) < 1) throw syntaxError();
  const type = options.get('TYPE')?.toLowerCase();
  const keys = matching(keyspace, options.get('MATCH') ?? '*');
  return ['0', type === undefined || type === 'string' ? keys : []];
}

function matching(keyspace: Keyspace, glob: string): string[] {
  const pattern = globPattern(glob);
  return keyspace.keys().filter((key) => pattern.test(key));
}

export const keyCommands: Commands = {
  PING: read([0, 1], (_, [word]) => word ?? { ok: 'PONG' }),
  ECHO: read([1, 1], (_, [word = '']) => word),
  TIME: read([0, 0], ({ now }) => [
    String(Math.floor(now / 1000)),
    String(Math.floor(now % 1000) * 1000),
  ]),
  DBSIZE: read([0, 0], (keyspace) => keyspace.keys().length),
  KEYS: read([1, 1], (keyspace, [glob = '']) => matching(keyspace, glob)),
  SCAN: read([1], scan),
  TYPE: read([1, 1], (keyspace, [key = '']) => ({
    ok: keyspace.value(key) === undefined ? 'none' : 'string',
  })),
  EXISTS: read(
    [1],
    (keyspace, keys) => keys.filter((key) => keyspace.value(key) !== undefined).length,
  ),
  PTTL: read([1, 1], (keyspace, [key = '']) => remaining(keyspace, key)),
  TTL: read([1, 1], (keyspace, [key = '']) => {
    const ms = remaining(keyspace, key);
    return ms < 0 ? ms : Math.round(ms / 1000);
  }),
  DEL: write([1], remove),
  UNLINK: write([1], remove),
  RENAME: write([2, 2], rename),
  EXPIRE: write([2], (keyspace, args) => expire(keyspace, args, (s) => keyspace.now + s * 1000)),
  PEXPIRE: write([2], (keyspace, args) => expire(keyspace, args, (ms) => keyspace.now + ms)),
  EXPIREAT: write([2], (keyspace, args) => expire(keyspace, args, (s) => s * 1000)),
  PEXPIREAT: write([2], (keyspace, args) => expire(keyspace, args, (ms) => ms)),
  PERSIST: write([1, 1], (keyspace, [key = '']) => {
    const had = keyspace.expiresAt(key) !== undefined;
    keyspace.expire(key, undefined);
    return had ? 1 : 0;
  }),
  FLUSHDB: write([0, 1], (keyspace) => {
    keyspace.clear();
    return OK;
  }),
  FLUSHALL: write([0, 1], (keyspace) => {
    keyspace.clear();
    return OK;
  }),
};
