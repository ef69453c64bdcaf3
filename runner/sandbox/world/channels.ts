import type { Channel } from '../protocol/records.ts';
import type { Tx } from './ledger.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';

export function findChannel(
  sql: Sql,
  world: string,
  match: { id?: string | undefined; invite?: string | undefined },
): Channel | null {
  return (
    listChannels(sql, world).find(
      (channel) => channel.id === match.id || channel.invite === match.invite,
    ) ?? null
  );
}

export function listChannels(sql: Sql, world: string): Channel[] {
  return sql
    .all<{ doc: string }>('select doc from channel where world = ? order by id', world)
    .map((row) => readDoc<Channel>(row.doc));
}

export function saveChannel(tx: Tx, world: string, channel: Channel): void {
  tx.sql.run(
    'insert into channel (world, id, doc) values (?, ?, ?) on conflict (world, id) do update set doc = excluded.doc',
    world,
    channel.id,
    JSON.stringify(channel),
  );
}
