import { OK, RedisError, type Reply } from '../../reply.ts';
import { inRange, integer, pairs } from '../arguments.ts';
import type { Keyspace } from '../keyspace.ts';
import { type Commands, read, write } from './command.ts';

const NONE: ReadonlyMap<string, string> = new Map();

const fieldsOf = (keyspace: Keyspace, key: string): ReadonlyMap<string, string> =>
  keyspace.find(key, 'hash')?.fields ?? NONE;

function set(keyspace: Keyspace, [key = '', ...words]: string[], command: string): number {
  const given = pairs(words, command);
  const { fields } = keyspace.open(key, 'hash');
  const before = fields.size;
  for (const [field, value] of given) fields.set(field, value);
  return fields.size - before;
}

function increment(keyspace: Keyspace, [key = '', field = '', by]: string[]): number {
  const amount = integer(by);
  const current = fieldsOf(keyspace, key).get(field) ?? '0';
  if (!/^-?\d+$/.test(current)) throw new RedisError('ERR hash value is not an integer');
  const sum = inRange(integer(current) + amount);
  keyspace.open(key, 'hash').fields.set(field, String(sum));
  return Number(sum);
}

function remove(keyspace: Keyspace, [key = '', ...names]: string[]): number {
  const found = keyspace.find(key, 'hash');
  if (found === undefined) return 0;
  const removed = names.filter((name) => found.fields.delete(name)).length;
  keyspace.settle(key);
  return removed;
}

const many = (keyspace: Keyspace, [key = '', ...names]: string[]): Reply => {
  const fields = fieldsOf(keyspace, key);
  return names.map((name) => fields.get(name) ?? null);
};

export const hashCommands: Commands = {
  HGET: read(
    [2, 2],
    (keyspace, [key = '', name = '']) => fieldsOf(keyspace, key).get(name) ?? null,
  ),
  HMGET: read([2], many),
  HGETALL: read([1, 1], (keyspace, [key = '']) => [...fieldsOf(keyspace, key)].flat()),
  HKEYS: read([1, 1], (keyspace, [key = '']) => [...fieldsOf(keyspace, key).keys()]),
  HVALS: read([1, 1], (keyspace, [key = '']) => [...fieldsOf(keyspace, key).values()]),
  HLEN: read([1, 1], (keyspace, [key = '']) => fieldsOf(keyspace, key).size),
  HEXISTS: read([2, 2], (keyspace, [key = '', name = '']) =>
    fieldsOf(keyspace, key).has(name) ? 1 : 0,
  ),
  HSET: write([3], (keyspace, args) => set(keyspace, args, 'hset')),
  HMSET: write([3], (keyspace, args) => {
    set(keyspace, args, 'hmset');
    return OK;
  }),
  HSETNX: write([3, 3], (keyspace, [key = '', name = '', value = '']) => {
    if (fieldsOf(keyspace, key).has(name)) return 0;
    keyspace.open(key, 'hash').fields.set(name, value);
    return 1;
  }),
  HDEL: write([2], remove),
  HINCRBY: write([3, 3], increment),
};
