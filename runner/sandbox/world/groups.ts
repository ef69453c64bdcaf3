import type { Group } from '../protocol/records.ts';
import { SandboxError } from './errors.ts';
import type { Tx } from './ledger.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';

export function findGroup(sql: Sql, world: string, id: string): Group | null {
  const row = sql.one<{ doc: string }>('select doc from grp where world = ? and id = ?', world, id);
  return row === undefined ? null : readDoc<Group>(row.doc);
}

/** @throws SandboxError UNKNOWN_GROUP */
export function needGroup(sql: Sql, world: string, id: string): Group {
  const group = findGroup(sql, world, id);
  if (group === null) {
    throw new SandboxError(404, 'UNKNOWN_GROUP', `${id} is no group of world "${world}".`);
  }
  return group;
}

export function saveGroup(tx: Tx, world: string, group: Group): void {
  tx.sql.run(
    'insert into grp (world, id, doc) values (?, ?, ?) on conflict (world, id) do update set doc = excluded.doc',
    world,
    group.id,
    JSON.stringify(group),
  );
}

export function listGroups(sql: Sql, world: string): Group[] {
  return sql
    .all<{ doc: string }>('select doc from grp where world = ? order by id', world)
    .map((row) => readDoc<Group>(row.doc));
}

export const isMember = (group: Group, pn: string): boolean =>
  group.participants.some((member) => member.pn === pn);

export const isAdmin = (group: Group, pn: string): boolean =>
  group.participants.some((member) => member.pn === pn && member.admin);
