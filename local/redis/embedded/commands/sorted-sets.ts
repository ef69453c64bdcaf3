import { RedisError, type Reply } from '../../reply.ts';
import { float, formatFloat, pairs, parseOptions, small, syntaxError } from '../arguments.ts';
import type { Keyspace } from '../keyspace.ts';
import { type Commands, read, write } from './command.ts';

const NONE: ReadonlyMap<string, number> = new Map();
type Entry = [member: string, score: number];

const scoresOf = (keyspace: Keyspace, key: string): ReadonlyMap<string, number> =>
  keyspace.find(key, 'zset')?.scores ?? NONE;

/** By score, then by member. */
const sorted = (keyspace: Keyspace, key: string): Entry[] =>
  [...scoresOf(keyspace, key)].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));

const FLAGS = ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'];

function add(keyspace: Keyspace, [key = '', ...rest]: string[]): Reply {
  let count = 0;
  while (FLAGS.includes((rest[count] ?? '').toUpperCase())) count += 1;
  const options = parseOptions(rest.slice(0, count), FLAGS);
  const entries = pairs(rest.slice(count), 'zadd').map(([score, member]): Entry => [
    member,
    float(score),
  ]);
  if (options.has('INCR') && entries.length !== 1) throw syntaxError();
  const { scores } = keyspace.open(key, 'zset');
  let [added, changed] = [0, 0];
  let last: number | undefined;
  for (const [member, given] of entries) {
    const current = scores.get(member);
    const next = options.has('INCR') ? (current ?? 0) + given : given;
    const refused =
      (options.has('NX') && current !== undefined) ||
      (options.has('XX') && current === undefined) ||
      (options.has('GT') && current !== undefined && next <= current) ||
      (options.has('LT') && current !== undefined && next >= current);
    if (refused) continue;
    last = next;
    if (current === undefined) added += 1;
    else if (current !== next) changed += 1;
    scores.set(member, next);
  }
  keyspace.settle(key);
  if (options.has('INCR')) return last === undefined ? null : formatFloat(last);
  return options.has('CH') ? added + changed : added;
}

/** `5`, `(5`, `-inf`: a bound of a range of scores. */
function bound(text: string, isLower: boolean): (score: number) => boolean {
  const exclusive = text.startsWith('(');
  const value = float(exclusive ? text.slice(1) : text);
  if (isLower) return (score) => (exclusive ? score > value : score >= value);
  return (score) => (exclusive ? score < value : score <= value);
}

function byScore(entries: Entry[], min: string, max: string): Entry[] {
  const [above, below] = [bound(min, true), bound(max, false)];
  return entries.filter(([, score]) => above(score) && below(score));
}

/** Ranks from 0; negative ones count from the end; both bounds are included. */
function byRank<T>(entries: T[], start: number, stop: number): T[] {
  const from = start < 0 ? Math.max(entries.length + start, 0) : start;
  const to = stop < 0 ? entries.length + stop : stop;
  return entries.slice(from, Math.max(to + 1, 0));
}

const flat = (entries: Entry[], withScores: boolean): Reply[] =>
  entries.flatMap(([member, score]) => (withScores ? [member, formatFloat(score)] : [member]));

type RangeOptions = { byScore: boolean; reverse: boolean; withScores: boolean; limit: string[] };

function range(
  keyspace: Keyspace,
  [key = '', start = '', stop = '']: string[],
  o: RangeOptions,
): Reply {
  const all = sorted(keyspace, key);
  if (!o.byScore) {
    if (o.limit.length > 0) throw syntaxError();
    const ordered = o.reverse ? all.reverse() : all;
    return flat(byRank(ordered, small(start), small(stop)), o.withScores);
  }
  // Reversed, the higher bound comes first.
  const found = o.reverse ? byScore(all, stop, start).reverse() : byScore(all, start, stop);
  const [offset, count] = o.limit.length > 0 ? [small(o.limit[0]), small(o.limit[1])] : [0, -1];
  return flat(found.slice(offset, count < 0 ? undefined : offset + count), o.withScores);
}

/** Splits `LIMIT offset count` off; the other words are flags. */
function rangeOptions(words: string[], flags: string[]): { flags: Set<string>; limit: string[] } {
  const upper = words.map((word) => word.toUpperCase());
  const at = upper.indexOf('LIMIT');
  const limit = at === -1 ? [] : words.slice(at + 1, at + 3);
  if (at !== -1 && limit.length !== 2) throw syntaxError();
  const rest = at === -1 ? upper : upper.toSpliced(at, 3);
  if (rest.some((word) => !flags.includes(word))) throw syntaxError();
  return { flags: new Set(rest), limit };
}

function zrange(keyspace: Keyspace, args: string[]): Reply {
  const { flags, limit } = rangeOptions(args.slice(3), ['BYSCORE', 'REV', 'WITHSCORES']);
  const withScores = flags.has('WITHSCORES');
  return range(keyspace, args, {
    byScore: flags.has('BYSCORE'),
    reverse: flags.has('REV'),
    withScores,
    limit,
  });
}

function rangeByScore(keyspace: Keyspace, args: string[], reverse: boolean): Reply {
  const { flags, limit } = rangeOptions(args.slice(3), ['WITHSCORES']);
  return range(keyspace, args, {
    byScore: true,
    reverse,
    withScores: flags.has('WITHSCORES'),
    limit,
  });
}

function remove(keyspace: Keyspace, key: string, members: string[]): number {
  const found = keyspace.find(key, 'zset');
  if (found === undefined) return 0;
  const removed = members.filter((member) => found.scores.delete(member)).length;
  keyspace.settle(key);
  return removed;
}

const names = (entries: Entry[]): string[] => entries.map(([member]) => member);

function score(keyspace: Keyspace, key: string, member: string): string | null {
  const value = scoresOf(keyspace, key).get(member);
  return value === undefined ? null : formatFloat(value);
}

function rank(keyspace: Keyspace, [key = '', member = '']: string[], reverse: boolean): Reply {
  const order = names(sorted(keyspace, key));
  const at = (reverse ? order.reverse() : order).indexOf(member);
  return at === -1 ? null : at;
}

function incrementBy(keyspace: Keyspace, [key = '', by, member = '']: string[]): string {
  const sum = (scoresOf(keyspace, key).get(member) ?? 0) + float(by);
  if (Number.isNaN(sum)) throw new RedisError('ERR resulting score is not a number (NaN)');
  keyspace.open(key, 'zset').scores.set(member, sum);
  return formatFloat(sum);
}

export const sortedSetCommands: Commands = {
  ZSCORE: read([2, 2], (keyspace, [key = '', member = '']) => score(keyspace, key, member)),
  ZMSCORE: read([2], (keyspace, [key = '', ...members]) =>
    members.map((member) => score(keyspace, key, member)),
  ),
  ZCARD: read([1, 1], (keyspace, [key = '']) => scoresOf(keyspace, key).size),
  ZCOUNT: read(
    [3, 3],
    (keyspace, [key = '', min = '', max = '']) => byScore(sorted(keyspace, key), min, max).length,
  ),
  ZRANK: read([2, 2], (keyspace, args) => rank(keyspace, args, false)),
  ZREVRANK: read([2, 2], (keyspace, args) => rank(keyspace, args, true)),
  ZRANGE: read([3], zrange),
  ZRANGEBYSCORE: read([3], (keyspace, args) => rangeByScore(keyspace, args, false)),
  ZREVRANGEBYSCORE: read([3], (keyspace, args) => rangeByScore(keyspace, args, true)),
  ZADD: write([3], add),
  ZINCRBY: write([3, 3], incrementBy),
  ZREM: write([2], (keyspace, [key = '', ...members]) => remove(keyspace, key, members)),
  ZREMRANGEBYSCORE: write([3, 3], (keyspace, [key = '', min = '', max = '']) =>
    remove(keyspace, key, names(byScore(sorted(keyspace, key), min, max))),
  ),
  ZREMRANGEBYRANK: write([3, 3], (keyspace, [key = '', start, stop]) =>
    remove(keyspace, key, names(byRank(sorted(keyspace, key), small(start), small(stop)))),
  ),
};
