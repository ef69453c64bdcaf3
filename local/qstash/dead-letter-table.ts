import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { bodyColumn, shownBody, shownMessage, specColumn } from './message.ts';
import type { HeaderMap, Message } from './message.ts';

const rowSchema = z.object({
  seq: z.number(),
  id: z.string(),
  message_id: z.string(),
  created_at: z.number(),
  due_at: z.number(),
  retried: z.number(),
  spec: specColumn,
  body: bodyColumn,
  response_status: z.number(),
  response_header: z.string().transform((text): unknown => JSON.parse(text)),
  response_body: bodyColumn,
});
export type DeadLetter = z.infer<typeof rowSchema>;

/** Which dead letters: all fields given must match. `before` pages backwards by `seq`. */
export type DeadLetterFilter = {
  ids?: readonly string[] | undefined;
  url?: string | undefined;
  messageId?: string | undefined;
  before?: number | undefined;
  count: number;
};

/** Messages whose last attempt failed, newest first. */
export type DeadLetterTable = ReturnType<typeof createDeadLetterTable>;

export function createDeadLetterTable(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO dead_letters (id, message_id, created_at, due_at, retried, died_at, spec, body,
       response_status, response_header, response_body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare('DELETE FROM dead_letters WHERE id = ?');
  const prune = db.prepare('DELETE FROM dead_letters WHERE died_at < ?');

  return {
    insert(
      id: string,
      message: Message,
      response: { status: number; header: HeaderMap; body: Uint8Array },
      now: number,
    ): void {
      insert.run(
        id,
        message.id,
        message.createdAt,
        message.dueAt,
        message.retried,
        now,
        JSON.stringify(message.spec),
        message.body,
        response.status,
        JSON.stringify(response.header),
        response.body,
      );
    },
    list(filter: DeadLetterFilter): DeadLetter[] {
      const wanted: [string, string | number][] = [];
      if (filter.ids !== undefined) {
        wanted.push(['id IN (SELECT value FROM json_each(?))', JSON.stringify(filter.ids)]);
      }
      if (filter.url !== undefined) wanted.push(["json_extract(spec, '$.url') = ?", filter.url]);
      if (filter.messageId !== undefined) wanted.push(['message_id = ?', filter.messageId]);
      if (filter.before !== undefined) wanted.push(['seq < ?', filter.before]);
      const where = wanted.map(([condition]) => condition).join(' AND ') || 'true';
      const rows = db
        .prepare(`SELECT * FROM dead_letters WHERE ${where} ORDER BY seq DESC LIMIT ?`)
        .all(...wanted.map(([, value]) => value), filter.count);
      return z.array(rowSchema).parse(rows);
    },
    remove(id: string): boolean {
      return remove.run(id).changes > 0;
    },
    removeOlderThan(time: number): void {
      prune.run(time);
    },
  };
}

/** A dead letter as `GET /v2/dlq` shows it. */
export function shownDeadLetter(letter: DeadLetter): Record<string, unknown> {
  const { body, bodyBase64 } = shownBody(letter.response_body);
  return {
    ...shownMessage({
      id: letter.message_id,
      dueAt: letter.due_at,
      createdAt: letter.created_at,
      retried: letter.retried,
      spec: letter.spec,
      body: letter.body,
    }),
    dlqId: letter.id,
    responseStatus: letter.response_status,
    responseHeader: letter.response_header,
    ...(body !== undefined && { responseBody: body }),
    ...(bodyBase64 !== undefined && { responseBodyBase64: bodyBase64 }),
  };
}
