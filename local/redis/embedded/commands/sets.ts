import type { Keyspace } from '../keyspace.ts';
import { type Commands, read, write } from './command.ts';

const NONE: ReadonlySet<string> = new Set();

const membersOf = (keyspace: Keyspace, key: string): ReadonlySet<string> =>
  keyspace.find(key, 'set')?.members ?? NONE;

export const setCommands: Commands = {
  SMEMBERS: read([1, 1], (keyspace, [key = '']) => [...membersOf(keyspace, key)]),
  SCARD: read([1, 1], (keyspace, [key = '']) => membersOf(keyspace, key).size),
  SISMEMBER: read([2, 2], (keyspace, [key = '', member = '']) =>
    membersOf(keyspace, key).has(member) ? 1 : 0,
  ),
  SMISMEMBER: read([2], (keyspace, [key = '', ...asked]) => {
    const members = membersOf(keyspace, key);
    return asked.map((member) => (members.has(member) ? 1 : 0));
  }),
  SADD: write([2], (keyspace, [key = '', ...added]) => {
    const { members } = keyspace.open(key, 'set');
    const before = members.size;
    for (const member of added) members.add(member);
    return members.size - before;
  }),
  SREM: write([2], (keyspace, [key = '', ...removed]) => {
    const found = keyspace.find(key, 'set');
    if (found === undefined) return 0;
    const count = removed.filter((member) => found.members.delete(member)).length;
    keyspace.settle(key);
    return count;
  }),
};
