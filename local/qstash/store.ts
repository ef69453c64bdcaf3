import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase } from '../database.ts';
import { createDeadLetterTable } from './dead-letter-table.ts';
import type { DeadLetterTable } from './dead-letter-table.ts';
import { DAY_MS } from './duration.ts';
import { createEventTable } from './event-table.ts';
import type { EventTable } from './event-table.ts';
import { createMessageTable } from './message-table.ts';
import type { MessageTable } from './message-table.ts';
import { createScheduleTable } from './schedule-table.ts';
import type { ScheduleTable } from './schedule-table.ts';
import { QSTASH_SCHEMA } from './schema.ts';

const DEAD_LETTER_LIFE_MS = 7 * DAY_MS;

/** Everything QStash keeps. What a returned `transaction` wrote is on disk. */
export type Store = {
  messages: MessageTable;
  deadLetters: DeadLetterTable;
  schedules: ScheduleTable;
  events: EventTable;
  transaction: <T>(work: () => T) => T;
  /** Drops what has outlived its use: dead letters after 7 days, old events and deduplication keys. */
  prune: (now: number) => void;
  close: () => void;
};

export function openStore(dataDir: string): Store {
  const db: DatabaseSync = openDatabase(dataDir, 'qstash.sqlite', QSTASH_SCHEMA);
  const store = {
    messages: createMessageTable(db),
    deadLetters: createDeadLetterTable(db),
    schedules: createScheduleTable(db),
    events: createEventTable(db),
  };
  return {
    ...store,
    transaction: (work) => inTransaction(db, work),
    prune: (now) => {
      inTransaction(db, () => {
        store.messages.forgetDuplicates(now);
        store.deadLetters.removeOlderThan(now - DEAD_LETTER_LIFE_MS);
        store.events.prune();
      });
    },
    close: () => db.close(),
  };
}
