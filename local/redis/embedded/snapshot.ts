import type { Keyspace } from './keyspace.ts';

/** The write commands that make an empty keyspace equal to this one. */
export function* snapshotCommands(keyspace: Keyspace): Generator<string[]> {
  for (const key of keyspace.keys()) {
    const value = keyspace.value(key);
    if (value === undefined) continue;
    yield ['SET', key, value];
    const expiresAt = keyspace.expiresAt(key);
    if (expiresAt !== undefined) yield ['PEXPIREAT', key, String(expiresAt)];
  }
}
