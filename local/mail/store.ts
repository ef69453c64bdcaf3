import { z } from 'zod';
import { inTransaction, openDatabase } from '../database.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  received_at INTEGER NOT NULL,
  idempotency_key TEXT UNIQUE,
  email TEXT NOT NULL
) STRICT;
`;

const KEPT_MESSAGES = 5_000;
const KEPT_BYTES = 64_000_000;

/** As much of the body of `POST /emails` as Waypost sends: resend.com/docs/api-reference/emails/send-email. */
export const emailSchema = z
  .strictObject({
    from: z.string().min(3),
    to: z.array(z.string().min(3)).min(1).max(50),
    subject: z.string().max(998),
    text: z.string().optional(),
    html: z.string().optional(),
  })
  .refine((email) => email.text !== undefined || email.html !== undefined, {
    error: 'Give `text` or `html`.',
  });
export type Email = z.infer<typeof emailSchema>;

const rowSchema = z
  .object({
    id: z.string(),
    received_at: z.number(),
    email: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(emailSchema),
  })
  .transform(({ id, received_at, email }) => ({
    id,
    receivedAt: new Date(received_at).toISOString(),
    ...email,
  }));
export type StoredEmail = z.infer<typeof rowSchema>;

export type MailStore = ReturnType<typeof openMailStore>;

/** The newest 5,000 messages, and of those the newest 64 MB. */
export function openMailStore(dataDir: string, keptBytes = KEPT_BYTES) {
  const db = openDatabase(dataDir, 'mail.sqlite', SCHEMA);
  const byKey = db.prepare('SELECT * FROM messages WHERE idempotency_key = ?');
  const byId = db.prepare('SELECT * FROM messages WHERE id = ?');
  const insert = db.prepare(
    'INSERT INTO messages (id, received_at, idempotency_key, email) VALUES (?, ?, ?, ?)',
  );
  const trim = db.prepare(
    `DELETE FROM messages WHERE seq <= (SELECT max(seq) FROM messages) - ${KEPT_MESSAGES}
     RETURNING octet_length(email) AS bytes`,
  );
  const total = z
    .object({ bytes: z.number() })
    .parse(db.prepare('SELECT coalesce(sum(octet_length(email)), 0) AS bytes FROM messages').get());
  const dropOldest = db.prepare(
    `DELETE FROM messages WHERE seq = (SELECT min(seq) FROM messages)
     RETURNING octet_length(email) AS bytes`,
  );
  const dropped = z.object({ bytes: z.number() });
  const newest = db.prepare(
    `SELECT * FROM messages WHERE ?1 IS NULL OR EXISTS (
       SELECT 1 FROM json_each(email, '$.to')
       WHERE lower(value) = lower(?1) OR substr(lower(value), -length(?1) - 2) = '<' || lower(?1) || '>')
     ORDER BY seq DESC LIMIT ?2`,
  );
  const raw = z.object({ id: z.string(), email: z.string() });

  return {
    /** The new message's id; the first one's for a repeated key; `conflict` for one with other content. */
    add(
      message: { id: string; email: Email; idempotencyKey: string | null },
      now: number,
    ): { id: string } | 'conflict' {
      const text = JSON.stringify(message.email);
      return inTransaction(db, () => {
        const key = message.idempotencyKey;
        const before = key === null ? undefined : raw.optional().parse(byKey.get(key));
        if (before !== undefined) return before.email === text ? { id: before.id } : 'conflict';
        insert.run(message.id, now, key, text);
        total.bytes += Buffer.byteLength(text);
        for (const old of z.array(dropped).parse(trim.all())) total.bytes -= old.bytes;
        while (total.bytes > keptBytes) total.bytes -= dropped.parse(dropOldest.get()).bytes;
        return { id: message.id };
      });
    },
    get(id: string): StoredEmail | undefined {
      return rowSchema.optional().parse(byId.get(id));
    },
    /** Newest first. `to` matches a whole address, with or without a name around it, in any case. */
    list(to: string | null, limit: number): StoredEmail[] {
      return z.array(rowSchema).parse(newest.all(to, limit));
    },
    close(): void {
      db.close();
    },
  };
}
