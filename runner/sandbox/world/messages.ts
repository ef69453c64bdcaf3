import type { ChatState, WireMessage } from '../protocol/records.ts';
import type { AccountRef } from './accounts.ts';
import type { Tx } from './ledger.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';

/** Keeps a message in an account. @returns false when the account had it already. */
export function storeMessage(
  tx: Tx,
  ref: AccountRef,
  message: WireMessage,
  device: number | null,
): boolean {
  const { changes } = tx.sql.run(
    `insert into message (world, account, wire_id, chat, from_me, device, ack, t, doc)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    ref.world,
    ref.pn,
    message.id.id,
    message.id.remote,
    message.id.fromMe ? 1 : 0,
    device,
    message.ack,
    message.t,
    JSON.stringify(message),
  );
  return changes === 1;
}

export function findMessage(sql: Sql, ref: AccountRef, wireId: string): WireMessage | null {
  const row = sql.one<{ doc: string; ack: number }>(
    'select doc, ack from message where world = ? and account = ? and wire_id = ?',
    ref.world,
    ref.pn,
    wireId,
  );
  return row === undefined ? null : { ...readDoc<WireMessage>(row.doc), ack: row.ack };
}

/** Overwrites fields of a kept message (an edit, a revoke). */
export function changeMessage(
  tx: Tx,
  ref: AccountRef,
  wireId: string,
  change: Record<string, unknown>,
): WireMessage | null {
  const message = findMessage(tx.sql, ref, wireId);
  if (message === null) return null;
  const changed = { ...message, ...change };
  tx.sql.run(
    'update message set doc = ? where world = ? and account = ? and wire_id = ?',
    JSON.stringify(changed),
    ref.world,
    ref.pn,
    wireId,
  );
  return changed;
}

/** Raises a message's ack; never lowers it but to −1, an error, which stays. @returns false when nothing changed. */
export function raiseAck(tx: Tx, ref: AccountRef, wireId: string, ack: number): boolean {
  const { changes } = tx.sql.run(
    'update message set ack = ? where world = ? and account = ? and wire_id = ? and ack >= 0 and (ack < ? or ? < 0)',
    ack,
    ref.world,
    ref.pn,
    wireId,
    ack,
    ack,
  );
  return changes === 1;
}

/** The newest messages of an account (or one chat), oldest first. */
export function recentMessages(
  sql: Sql,
  ref: AccountRef,
  limit: number,
  chat: string | null = null,
): WireMessage[] {
  return sql
    .all<{ doc: string; ack: number }>(
      `select doc, ack from message where world = ? and account = ? and (? is null or chat = ?) order by seq desc limit ?`,
      ref.world,
      ref.pn,
      chat,
      chat,
      limit,
    )
    .map((row) => ({ ...readDoc<WireMessage>(row.doc), ack: row.ack }))
    .reverse();
}

const newChat = (id: string, t: number): ChatState => ({
  id,
  t,
  unread: 0,
  archived: false,
  pinned: 0,
  muted: 0,
  labels: [],
});

function findChat(sql: Sql, ref: AccountRef, id: string): ChatState | null {
  const row = sql.one<{ doc: string }>(
    'select doc from chat where world = ? and account = ? and id = ?',
    ref.world,
    ref.pn,
    id,
  );
  return row === undefined ? null : readDoc<ChatState>(row.doc);
}

/** Creates the chat if need be and changes what `change` returns. */
export function changeChat(
  tx: Tx,
  ref: AccountRef,
  id: string,
  t: number,
  change: (chat: ChatState) => Partial<ChatState>,
): ChatState {
  const before = findChat(tx.sql, ref, id) ?? newChat(id, t);
  const chat = { ...before, ...change(before) };
  tx.sql.run(
    'insert into chat (world, account, id, doc) values (?, ?, ?, ?) on conflict (world, account, id) do update set doc = excluded.doc',
    ref.world,
    ref.pn,
    id,
    JSON.stringify(chat),
  );
  return chat;
}

/** Chats of an account, last used first. */
export function listChats(sql: Sql, ref: AccountRef): ChatState[] {
  return sql
    .all<{ doc: string }>('select doc from chat where world = ? and account = ?', ref.world, ref.pn)
    .map((row) => readDoc<ChatState>(row.doc))
    .sort((a, b) => b.t - a.t);
}
