import { inRange, integer } from './integers.ts';
import type { Keyspace } from './keyspace.ts';
import { RedisError, type Reply } from '../reply.ts';

export type Command = {
  /** Fewest and most arguments after the name; no most means any number. */
  args: [fewest: number, most?: number];
  /** Goes into the journal. Must do the same again when it is replayed at the same time. */
  write: boolean;
  run: (keyspace: Keyspace, args: string[]) => Reply;
};

const read = (args: Command['args'], run: Command['run']): Command => ({ args, write: false, run });
const write = (args: Command['args'], run: Command['run']): Command => ({ args, write: true, run });

/** Those that the Worker and its rate limiter send, and what tests look with. */
const COMMANDS: Readonly<Record<string, Command>> = {
  PING: read([0, 0], () => 'PONG'),
  GET: read([1, 1], (keyspace, [key = '']) => keyspace.value(key) ?? null),
  MGET: read([1], (keyspace, keys) => keys.map((key) => keyspace.value(key) ?? null)),
  PTTL: read([1, 1], remaining),
  SET: write([2], set),
  INCRBY: write([2, 2], increment),
  PEXPIRE: write([2, 2], (keyspace, [key = '', ms]) =>
    expire(keyspace, key, keyspace.now + Number(integer(ms))),
  ),
  PEXPIREAT: write([2, 2], (keyspace, [key = '', at]) =>
    expire(keyspace, key, Number(integer(at))),
  ),
  DEL: write([1], (keyspace, keys) => keys.filter((key) => keyspace.remove(key)).length),
};

/** @throws RedisError for a command that this store does not know, or a wrong number of arguments */
export function commandFor([name = '', ...args]: string[]): Command {
  const upper = name.toUpperCase();
  const command = Object.hasOwn(COMMANDS, upper) ? COMMANDS[upper] : undefined;
  if (command === undefined) throw new RedisError(`ERR unknown command '${name}'`);
  const [fewest, most = Infinity] = command.args;
  if (args.length < fewest || args.length > most)
    throw new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  return command;
}

/** `SET key value [NX] [EX seconds | PX milliseconds]`. */
function set(keyspace: Keyspace, [key = '', value = '', ...options]: string[]): Reply {
  let onlyNew = false;
  let expiresAt: number | undefined;
  for (let i = 0; i < options.length; i += 1) {
    const option = options[i]?.toUpperCase();
    if (option === 'NX') onlyNew = true;
    else if ((option === 'EX' || option === 'PX') && expiresAt === undefined) {
      i += 1;
      const amount = Number(integer(options[i]));
      if (amount <= 0) throw new RedisError("ERR invalid expire time in 'set' command");
      expiresAt = keyspace.now + (option === 'EX' ? amount * 1_000 : amount);
    } else throw new RedisError('ERR syntax error');
  }
  if (onlyNew && keyspace.value(key) !== undefined) return null;
  keyspace.put(key, value, expiresAt);
  return 'OK';
}

/** @returns the new value; beyond 2^53 JSON cannot carry it exactly, as with Upstash itself. */
function increment(keyspace: Keyspace, [key = '', by]: string[]): number {
  const sum = inRange(integer(keyspace.value(key) ?? '0') + integer(by));
  keyspace.put(key, String(sum), keyspace.expiresAt(key));
  return Number(sum);
}

function expire(keyspace: Keyspace, key: string, at: number): number {
  if (keyspace.value(key) === undefined) return 0;
  keyspace.expire(key, at);
  return 1;
}

/** -2: no such key; -1: it stays. */
function remaining(keyspace: Keyspace, [key = '']: string[]): number {
  if (keyspace.value(key) === undefined) return -2;
  const at = keyspace.expiresAt(key);
  return at === undefined ? -1 : at - keyspace.now;
}
