import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';

const schema = `
create table if not exists person (
  world text not null, pn text not null, lid text not null, doc text not null,
  primary key (world, pn)) without rowid;
create unique index if not exists person_lid on person (world, lid);
create table if not exists account (
  world text not null, pn text not null, platform text not null, faults text not null,
  online integer not null default 1, labels text not null default '[]', t integer not null,
  primary key (world, pn)) without rowid;
create table if not exists device (
  id integer primary key autoincrement, world text not null, account text not null, token text not null,
  counter integer not null default 0, sent_counter integer not null default 0, browser text not null, profile text not null,
  history_taken integer not null default 0, linked_at integer not null, unlinked_at integer);
create index if not exists device_account on device (world, account);
create table if not exists chat (
  world text not null, account text not null, id text not null, doc text not null,
  primary key (world, account, id)) without rowid;
create table if not exists message (
  seq integer primary key autoincrement, world text not null, account text not null, wire_id text not null,
  chat text not null, from_me integer not null, device integer, ack integer not null, t integer not null, doc text not null);
create unique index if not exists message_wire on message (world, account, wire_id);
create index if not exists message_chat on message (world, account, chat, seq);
create index if not exists message_open on message (ack) where from_me = 1 and ack between 1 and 2;
create table if not exists wire (
  seq integer primary key autoincrement, world text not null, account text not null, device integer not null,
  wire_id text not null, chat text not null, type text not null, body text not null, body_hash text not null,
  counter integer not null, attempts integer not null default 1, t integer not null);
create index if not exists wire_id on wire (world, account, wire_id);
create table if not exists violation (
  seq integer primary key autoincrement, world text not null, account text not null, device integer not null,
  kind text not null, detail text not null, t integer not null);
create table if not exists stanza (
  seq integer primary key autoincrement, device integer not null, doc text not null);
create index if not exists stanza_device on stanza (device, seq);
create table if not exists grp (
  world text not null, id text not null, doc text not null, primary key (world, id)) without rowid;
create table if not exists channel (
  world text not null, id text not null, doc text not null, primary key (world, id)) without rowid;
create table if not exists media (
  path text primary key, file text not null, size integer not null, mimetype text not null) without rowid;
create table if not exists reaction (
  world text not null, account text not null, target text not null, sender text not null, text text not null, t integer not null,
  primary key (world, account, target, sender)) without rowid;
create table if not exists vote (
  world text not null, account text not null, target text not null, sender text not null, options text not null, t integer not null,
  primary key (world, account, target, sender)) without rowid;
create table if not exists note (
  seq integer primary key autoincrement, world text not null, account text not null, what text not null, doc text not null, t integer not null);
create table if not exists setting (name text primary key, doc text not null) without rowid;
`;

/** One SQLite file with its statements kept prepared; every call is synchronous. */
export class Sql {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /** First row or undefined. The caller's Row type must match the columns of its own SQL text. */
  one<Row extends object>(sql: string, ...params: SQLInputValue[]): Row | undefined {
    // The column list stands beside the type in the caller: a parse of every row would cost more than it guards.
    return this.#statement(sql).get(...params) as Row | undefined;
  }

  all<Row extends object>(sql: string, ...params: SQLInputValue[]): Row[] {
    // See one().
    return this.#statement(sql).all(...params) as Row[];
  }

  /** Number of rows changed, and the id of the last row inserted. */
  run(sql: string, ...params: SQLInputValue[]): { changes: number; lastId: number } {
    const result = this.#statement(sql).run(...params);
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }

  /** Ends a transaction that failed half-way; does nothing outside one. */
  abandon(): void {
    if (this.#db.isTransaction) this.#db.exec('rollback');
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }
}

/** Opens (creating it if needed) a durable file: a committed transaction survives kill -9 and power loss. */
export function openSql(file: string): Sql {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec('pragma journal_mode = wal; pragma synchronous = full;');
  db.exec(schema);
  return new Sql(db);
}

/** Reads a JSON column written by this process; its type is the one its writer used. */
export function readDoc<T>(text: string): T {
  // Only this package writes these columns, always from a value of the same type.
  return JSON.parse(text) as T;
}
