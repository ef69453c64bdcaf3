import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase } from '../database.ts';
import { createEventTable } from './event-table.ts';
import type { EventTable } from './event-table.ts';
import { createMessageTable } from './message-table.ts';
import type { MessageTable } from './message-table.ts';
import { QSTASH_SCHEMA } from './schema.ts';

/** Everything QStash keeps. What a returned `transaction` wrote is on disk. */
export type Store = {
  messages: MessageTable;
  events: EventTable;
  transaction: <T>(work: () => T) => T;
  /** Drops what has outlived its use: old events and deduplication keys. */
  prune: (now: number) => void;
  close: () => void;
};

export function openStore(dataDir: string): Store {
  const db: DatabaseSync = openDatabase(dataDir, 'qstash.sqlite', QSTASH_SCHEMA);
  const store = {
    messages: createMessageTable(db),
    events: createEventTable(db),
  };
  return {
    ...store,
    transaction: (work) => inTransaction(db, work),
    prune: (now) => {
      inTransaction(db, () => {
        store.messages.forgetDuplicates(now);
        store.events.prune();
      });
    },
    close: () => db.close(),
  };
}
