import { formatFloat } from './arguments.ts';
import type { Keyspace, Value } from './keyspace.ts';

/** The write commands that make an empty keyspace equal to this one. */
export function* snapshotCommands(keyspace: Keyspace): Generator<string[]> {
  for (const key of keyspace.keys()) {
    const value = keyspace.value(key);
    if (value === undefined) continue;
    yield creation(key, value);
    const expiresAt = keyspace.expiresAt(key);
    if (expiresAt !== undefined) yield ['PEXPIREAT', key, String(expiresAt)];
  }
}

function creation(key: string, value: Value): string[] {
  if (value.kind === 'string') return ['SET', key, value.text];
  if (value.kind === 'hash') return ['HSET', key, ...[...value.fields].flat()];
  if (value.kind === 'set') return ['SADD', key, ...value.members];
  const entries = [...value.scores].map(([member, score]) => [formatFloat(score), member]);
  return ['ZADD', key, ...entries.flat()];
}
