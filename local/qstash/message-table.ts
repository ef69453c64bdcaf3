import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Message, MessageSpec } from './message.ts';

const rowSchema = z
  .object({
    seq: z.number(),
    id: z.string(),
    due_at: z.number(),
    created_at: z.number(),
    retried: z.number(),
    spec: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(MessageSpec),
    body: z.instanceof(Uint8Array),
  })
  .transform((row): Message => {
    const { due_at: dueAt, created_at: createdAt, ...rest } = row;
    return { ...rest, dueAt, createdAt };
  });

const dueSchema = z.object({ due_at: z.number().nullable() });
const dedupSchema = z.object({ message_id: z.string() });

/** Messages and flow keys that must not be picked now. */
export type Excluded = { ids: Iterable<string>; flowKeys: Iterable<string> };

/** Waiting messages, in the order they fall due. */
export type MessageTable = ReturnType<typeof createMessageTable>;

export function createMessageTable(db: DatabaseSync) {
  const columns = 'seq, id, due_at, created_at, retried, spec, body';
  // Each key costs one look into the index, however many of its messages wait.
  const firstOfEachKey = `WITH RECURSIVE flow(key) AS (
      SELECT min(coalesce(flow_key, '')) FROM messages
      UNION ALL
      SELECT (SELECT min(coalesce(flow_key, '')) FROM messages WHERE coalesce(flow_key, '') > flow.key)
      FROM flow WHERE flow.key IS NOT NULL
    ),
    first AS (
      SELECT (
        SELECT seq FROM messages
        WHERE coalesce(flow_key, '') = flow.key AND id NOT IN (SELECT value FROM json_each(?))
        ORDER BY due_at, seq LIMIT 1
      ) AS seq
      FROM flow WHERE flow.key NOT IN (SELECT value FROM json_each(?))
    )`;
  const insert = db.prepare(
    `INSERT INTO messages (id, due_at, created_at, flow_key, spec, body) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const firstDue = db.prepare(
    `${firstOfEachKey} SELECT ${columns} FROM first JOIN messages USING (seq)
     WHERE due_at <= ? ORDER BY due_at, seq LIMIT 1`,
  );
  const nextDue = db.prepare(
    `${firstOfEachKey} SELECT min(due_at) AS due_at FROM first JOIN messages USING (seq)`,
  );
  const retry = db.prepare('UPDATE messages SET retried = retried + 1, due_at = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  const findDuplicate = db.prepare(
    'SELECT message_id FROM deduplication WHERE key = ? AND expires_at > ?',
  );
  const remember = db.prepare('INSERT OR REPLACE INTO deduplication VALUES (?, ?, ?)');
  const forget = db.prepare('DELETE FROM deduplication WHERE expires_at <= ?');

  const lists = (excluded: Excluded): [string, string] => [
    JSON.stringify([...excluded.ids]),
    JSON.stringify([...excluded.flowKeys]),
  ];

  return {
    insert(message: Omit<Message, 'seq' | 'retried'>): void {
      const { id, dueAt, createdAt, spec, body } = message;
      insert.run(id, dueAt, createdAt, spec.flowControl.key, JSON.stringify(spec), body);
    },
    /** The message that has waited longest since it fell due. */
    firstDue(now: number, excluded: Excluded): Message | undefined {
      return rowSchema.optional().parse(firstDue.get(...lists(excluded), now));
    },
    /** When the next message falls due, in the past perhaps; undefined when none waits. */
    nextDueAt(excluded: Excluded): number | undefined {
      return dueSchema.parse(nextDue.get(...lists(excluded))).due_at ?? undefined;
    },
    /** Counts one failed attempt and sets the time of the next. */
    retryAt(id: string, dueAt: number): void {
      retry.run(dueAt, id);
    },
    remove(id: string): void {
      remove.run(id);
    },
    duplicateOf(key: string, now: number): string | undefined {
      return dedupSchema.optional().parse(findDuplicate.get(key, now))?.message_id;
    },
    rememberDuplicate(key: string, messageId: string, expiresAt: number): void {
      remember.run(key, messageId, expiresAt);
    },
    forgetDuplicates(now: number): void {
      forget.run(now);
    },
  };
}
