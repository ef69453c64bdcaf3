import type { NumberedStanza, Stanza } from '../protocol/frames.ts';
import { linkedDevices } from './accounts.ts';
import type { AccountRef } from './accounts.ts';
import type { Hub } from './hub.ts';
import type { Tx } from './ledger.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';

/** Queues a stanza for every linked device of an account but `except`; each keeps it until it acknowledges it. */
export function queueStanza(
  tx: Tx,
  hub: Hub,
  ref: AccountRef,
  stanza: Stanza,
  except: number | null = null,
): void {
  const doc = JSON.stringify(stanza);
  for (const device of linkedDevices(tx.sql, ref)) {
    if (device.id === except) continue;
    tx.sql.run('insert into stanza (device, doc) values (?, ?)', device.id, doc);
    tx.after(() => hub.poke(device.id));
  }
}

/** Stanzas a device has not acknowledged, after a sequence number, oldest first. */
export function waitingStanzas(
  sql: Sql,
  device: number,
  after: number,
  limit: number,
): NumberedStanza[] {
  return sql
    .all<{ seq: number; doc: string }>(
      'select seq, doc from stanza where device = ? and seq > ? order by seq limit ?',
      device,
      after,
      limit,
    )
    .map((row) => ({ ...readDoc<Stanza>(row.doc), seq: row.seq }));
}

/** Highest waiting sequence number of a device, 0 when nothing waits. */
export function lastWaiting(sql: Sql, device: number): number {
  return (
    sql.one<{ seq: number | null }>('select max(seq) as seq from stanza where device = ?', device)
      ?.seq ?? 0
  );
}

/** Forgets what the device has acknowledged: it is never sent again. */
export function dropStanzas(tx: Tx, device: number, seqs: number[]): void {
  for (const seq of seqs) {
    tx.sql.run('delete from stanza where seq = ? and device = ?', seq, device);
  }
}
