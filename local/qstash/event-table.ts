import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export type EventState = 'CREATED' | 'ACTIVE' | 'DELIVERED' | 'ERROR' | 'RETRY' | 'FAILED';

const rowSchema = z.object({
  seq: z.number(),
  at: z.number(),
  state: z.string(),
  message_id: z.string(),
  url: z.string(),
  error: z.string().nullable(),
  next_at: z.number().nullable(),
});
type EventRow = z.infer<typeof rowSchema>;

const KEPT_EVENTS = 20_000;

/** What happened to each message; the newest 20,000 entries are kept. */
export type EventTable = ReturnType<typeof createEventTable>;

export function createEventTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO events (at, state, message_id, url, error, next_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const prune = db.prepare(
    'DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - CAST(? AS INTEGER)',
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
    /** Newest first; `before` is the last `seq` of the page before. */
    list(filter: {
      messageIds?: readonly string[] | undefined;
      before?: number | undefined;
      count: number;
    }): EventRow[] {
      const rows = db
        .prepare(
          `SELECT * FROM events
           WHERE (? IS NULL OR message_id IN (SELECT value FROM json_each(?))) AND seq < ?
           ORDER BY seq DESC LIMIT ?`,
        )
        .all(
          filter.messageIds === undefined ? null : 1,
          JSON.stringify(filter.messageIds ?? []),
          filter.before ?? Number.MAX_SAFE_INTEGER,
          filter.count,
        );
      return z.array(rowSchema).parse(rows);
    },
    prune(): void {
      prune.run(KEPT_EVENTS);
    },
  };
}

/** An event as `GET /v2/events` shows it. */
export function shownEvent(event: EventRow): Record<string, unknown> {
  return {
    time: event.at,
    state: event.state,
    messageId: event.message_id,
    url: event.url,
    ...(event.error !== null && { error: event.error }),
    ...(event.next_at !== null && { nextDeliveryTime: event.next_at }),
  };
}
