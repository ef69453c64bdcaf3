import { createHash } from 'node:crypto';
import type { AccountRef } from './accounts.ts';
import type { Tx } from './ledger.ts';
import type { Sql } from './sql.ts';

/** One thing a device put on the wire, written before anything is answered. */
export type WireRecord = {
  seq: number;
  world: string;
  account: string;
  deviceId: number;
  wireId: string;
  to: string;
  type: string;
  body: string;
  bodyHash: string;
  counter: number;
  /** Above 1: the page itself sent the same message again because no answer had come. */
  attempts: number;
  t: number;
};

/** Something WhatsApp would punish or a gateway must never do. */
type ViolationKind =
  | 'duplicate_wire_id'
  | 'two_connections'
  | 'ratchet_rolled_back'
  | 'foreign_resend';
export type Violation = {
  seq: number;
  world: string;
  account: string;
  deviceId: number;
  kind: ViolationKind;
  detail: string;
  t: number;
};

export function addViolation(
  tx: Tx,
  at: AccountRef & { device: number; t: number },
  kind: ViolationKind,
  detail: string,
): void {
  tx.sql.run(
    'insert into violation (world, account, device, kind, detail, t) values (?, ?, ?, ?, ?, ?)',
    at.world,
    at.pn,
    at.device,
    kind,
    detail,
    at.t,
  );
}

/**
 * Writes the wire record. A wire id seen before in this account is a violation, except when the same device resends it
 * itself: then the first record counts one attempt more.
 * @returns false when the message was on the wire already, so that nobody gets it twice.
 */
export function recordWire(
  tx: Tx,
  at: AccountRef & { device: number; t: number },
  sent: {
    wireId: string;
    to: string;
    type: string;
    body: string;
    counter: number;
    resend: boolean;
  },
): boolean {
  const earlier = tx.sql.one<{ seq: number; device: number }>(
    'select seq, device from wire where world = ? and account = ? and wire_id = ? order by seq limit 1',
    at.world,
    at.pn,
    sent.wireId,
  );
  if (earlier !== undefined && sent.resend && earlier.device === at.device) {
    tx.sql.run('update wire set attempts = attempts + 1 where seq = ?', earlier.seq);
    return false;
  }
  if (earlier !== undefined) {
    const kind = sent.resend ? 'foreign_resend' : 'duplicate_wire_id';
    addViolation(tx, at, kind, `${sent.wireId} was already record ${String(earlier.seq)}`);
  }
  tx.sql.run(
    `insert into wire (world, account, device, wire_id, chat, type, body, body_hash, counter, t)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    at.world,
    at.pn,
    at.device,
    sent.wireId,
    sent.to,
    sent.type,
    sent.body,
    createHash('sha256').update(sent.body).digest('hex'),
    sent.counter,
    at.t,
  );
  return earlier === undefined;
}

/**
 * Accepts a device's ratchet position. A violation is a hello below what the world has seen, and a send that is not above
 * the last send: a send still under way when its page reconnects arrives after a hello that has counted it already.
 */
export function advanceRatchet(
  tx: Tx,
  at: AccountRef & { device: number; t: number },
  counter: number,
  device: { counter: number; sentCounter: number },
  when: 'hello' | 'send',
): void {
  const known = when === 'hello' ? device.counter : device.sentCounter;
  const rolledBack = when === 'hello' ? counter < known : counter <= known;
  if (rolledBack) {
    addViolation(
      tx,
      at,
      'ratchet_rolled_back',
      `${when}: ${String(counter)} after ${String(known)}`,
    );
    return;
  }
  tx.sql.run(
    'update device set counter = max(counter, ?), sent_counter = ? where id = ?',
    counter,
    when === 'send' ? counter : device.sentCounter,
    at.device,
  );
}

type WireRow = {
  seq: number;
  world: string;
  account: string;
  device: number;
  wire_id: string;
  chat: string;
  type: string;
  body: string;
  body_hash: string;
  counter: number;
  attempts: number;
  t: number;
};

/** Wire records after `after`, oldest first, at most `limit`; account null means the whole world. */
export function listWire(
  sql: Sql,
  filter: { world: string; account: string | null; after: number; limit: number },
): WireRecord[] {
  return sql
    .all<WireRow>(
      `select seq, world, account, device, wire_id, chat, type, body, body_hash, counter, attempts, t
       from wire where world = ? and (? is null or account = ?) and seq > ? order by seq limit ?`,
      filter.world,
      filter.account,
      filter.account,
      filter.after,
      filter.limit,
    )
    .map((row) => ({
      seq: row.seq,
      world: row.world,
      account: row.account,
      deviceId: row.device,
      wireId: row.wire_id,
      to: row.chat,
      type: row.type,
      body: row.body,
      bodyHash: row.body_hash,
      counter: row.counter,
      attempts: row.attempts,
      t: row.t,
    }));
}

type ViolationRow = Omit<Violation, 'deviceId'> & { device: number };

/** Violations, oldest first; null filters take everything. */
export function listViolations(
  sql: Sql,
  filter: { world: string | null; account: string | null },
): Violation[] {
  return sql
    .all<ViolationRow>(
      `select seq, world, account, device, kind, detail, t from violation
       where (? is null or world = ?) and (? is null or account = ?) order by seq`,
      filter.world,
      filter.world,
      filter.account,
      filter.account,
    )
    .map(({ device, ...rest }) => ({ ...rest, deviceId: device }));
}
