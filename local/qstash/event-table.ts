import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export type EventState = 'CREATED' | 'DELIVERED' | 'RETRY' | 'FAILED';

const rowSchema = z
  .object({
    at: z.number(),
    state: z.string(),
    message_id: z.string(),
    url: z.string(),
    error: z.string().nullable(),
    next_at: z.number().nullable(),
  })
  .transform(({ at, state, message_id: messageId, url, error, next_at }) => ({
    time: at,
    state,
    messageId,
    url,
    ...(error !== null && { error }),
    ...(next_at !== null && { nextDeliveryTime: next_at }),
  }));

const KEPT_EVENTS = 20_000;
const LISTED_EVENTS = 1_000;

/** What happened to each message; the newest 20,000 entries are kept. */
export type EventTable = ReturnType<typeof createEventTable>;

export function createEventTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO events (at, state, message_id, url, error, next_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const list = db.prepare(
    `SELECT * FROM events WHERE ?1 IS NULL OR message_id = ?1 ORDER BY seq DESC LIMIT ${LISTED_EVENTS}`,
  );
  const prune = db.prepare(
    `DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ${KEPT_EVENTS}`,
  );
  return {
    add(
      at: number,
      state: EventState,
      message: { id: string; url: string },
      detail: { error?: string; nextAt?: number } = {},
    ): void {
      insert.run(at, state, message.id, message.url, detail.error ?? null, detail.nextAt ?? null);
    },
    /** As `GET /v2/events` gives them: the newest first, of one message when its id is given. */
    list: (messageId: string | null) => z.array(rowSchema).parse(list.all(messageId)),
    prune(): void {
      prune.run();
    },
  };
}
