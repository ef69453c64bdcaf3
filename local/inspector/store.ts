import { z } from 'zod';
import { inTransaction, openDatabase } from '../database.ts';
import { behaviourSchema, decideAnswer } from './behaviour.ts';
import type { Behaviour, BoxAnswer } from './behaviour.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS boxes (
  name TEXT PRIMARY KEY,
  secret TEXT,
  behaviour TEXT NOT NULL DEFAULT '{}',
  answered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  box TEXT NOT NULL REFERENCES boxes (name),
  received_at INTEGER NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  headers TEXT NOT NULL,
  body BLOB NOT NULL,
  status INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS requests_box ON requests (box, id);
`;

/** The oldest go first. Entries, and bytes of bodies, headers and paths. */
export type Caps = {
  box: { entries: number; bytes: number };
  all: { entries: number; bytes: number };
};
const CAPS: Caps = {
  box: { entries: 1_000, bytes: 16_000_000 },
  all: { entries: 50_000, bytes: 128_000_000 },
};
const SIZE = 'length(body) + octet_length(headers) + octet_length(path)';

const json = z.string().transform((text): unknown => JSON.parse(text));

const boxSchema = z.object({
  name: z.string(),
  secret: z.string().nullable(),
  behaviour: json.pipe(behaviourSchema),
  answered: z.number(),
});
export type Box = z.infer<typeof boxSchema>;

const requestSchema = z.object({
  id: z.number(),
  received_at: z.number(),
  method: z.string(),
  path: z.string(),
  headers: json.pipe(z.record(z.string(), z.string())),
  body: z.instanceof(Uint8Array),
  status: z.number(),
});
/** A recorded request; `path` is what stood after the box's name, query included. */
export type RecordedRequest = z.infer<typeof requestSchema>;

const summarySchema = z.object({
  name: z.string(),
  requests: z.number(),
  last_at: z.number().nullable(),
});
export type BoxSummary = z.infer<typeof summarySchema>;

export type InspectorStore = ReturnType<typeof openInspectorStore>;

const heldSchema = z.object({ box: z.string(), entries: z.number(), bytes: z.number() });

export function openInspectorStore(dataDir: string, caps: Caps = CAPS) {
  const db = openDatabase(dataDir, 'inspector.sqlite', SCHEMA);
  const makeBox = db.prepare('INSERT INTO boxes (name) VALUES (?) ON CONFLICT DO NOTHING');
  const box = db.prepare('SELECT * FROM boxes WHERE name = ?');
  const setSecret = db.prepare('UPDATE boxes SET secret = ? WHERE name = ?');
  const setBehaviour = db.prepare('UPDATE boxes SET behaviour = ?, answered = 0 WHERE name = ?');
  const countAnswer = db.prepare('UPDATE boxes SET answered = answered + 1 WHERE name = ?');
  const insert = db.prepare(
    `INSERT INTO requests (box, received_at, method, path, headers, body, status)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const dropOldest = (where: string) =>
    db.prepare(
      `DELETE FROM requests WHERE id = (SELECT min(id) FROM requests ${where})
       RETURNING box, 1 AS entries, ${SIZE} AS bytes`,
    );
  const dropOldestOfBox = dropOldest('WHERE box = ?');
  const dropOldestOfAll = dropOldest('');
  const held = db.prepare(
    `SELECT box, count(*) AS entries, sum(${SIZE}) AS bytes FROM requests GROUP BY box`,
  );
  const after = db.prepare('SELECT * FROM requests WHERE box = ? AND id > ? ORDER BY id LIMIT ?');
  const newest = db.prepare('SELECT * FROM requests WHERE box = ? ORDER BY id DESC LIMIT ?');
  const clear = db.prepare('DELETE FROM requests WHERE box = ?');
  const summaries = db.prepare(
    `SELECT boxes.name, count(requests.id) AS requests, max(requests.received_at) AS last_at
     FROM boxes LEFT JOIN requests ON requests.box = boxes.name
     GROUP BY boxes.name ORDER BY last_at DESC NULLS LAST, boxes.name`,
  );

  const getBox = (name: string): Box =>
    boxSchema.optional().parse(box.get(name)) ?? { name, secret: null, behaviour: {}, answered: 0 };

  const boxes = new Map(
    z
      .array(heldSchema)
      .parse(held.all())
      .map((one) => [one.box, one]),
  );
  const all = { entries: 0, bytes: 0 };
  const count = (box: string, entries: number, bytes: number): void => {
    const of = boxes.get(box) ?? { box, entries: 0, bytes: 0 };
    boxes.set(box, of);
    for (const sum of [of, all]) {
      sum.entries += entries;
      sum.bytes += bytes;
    }
  };
  for (const { entries, bytes } of boxes.values()) {
    all.entries += entries;
    all.bytes += bytes;
  }
  const isOver = (sum: Caps['all'], cap: Caps['all']): boolean =>
    sum.entries > 1 && (sum.entries > cap.entries || sum.bytes > cap.bytes);
  const uncount = (dropped: unknown): void => {
    const { box, entries, bytes } = heldSchema.parse(dropped);
    count(box, -entries, -bytes);
  };

  return {
    /** A box exists as soon as it is named; until then it has no secret and answers 200. */
    box: getBox,
    boxes(): BoxSummary[] {
      return z.array(summarySchema).parse(summaries.all());
    },
    setSecret(name: string, secret: string | null): void {
      inTransaction(db, () => {
        makeBox.run(name);
        setSecret.run(secret, name);
      });
    },
    /** Also starts the count of `failFirst` anew. */
    setBehaviour(name: string, behaviour: Behaviour): void {
      inTransaction(db, () => {
        makeBox.run(name);
        setBehaviour.run(JSON.stringify(behaviour), name);
      });
    },
    /** Decides the answer and writes the request with it; drops the oldest beyond the caps. */
    record(
      name: string,
      request: {
        receivedAt: number;
        method: string;
        path: string;
        headers: Record<string, string>;
        body: Uint8Array;
      },
    ): BoxAnswer {
      return inTransaction(db, () => {
        makeBox.run(name);
        const { behaviour, answered } = getBox(name);
        const answer = decideAnswer(behaviour, answered);
        countAnswer.run(name);
        const headers = JSON.stringify(request.headers);
        const { receivedAt, method, path, body } = request;
        insert.run(name, receivedAt, method, path, headers, body, answer.status);
        count(name, 1, body.length + Buffer.byteLength(headers) + Buffer.byteLength(path));
        while (isOver(boxes.get(name) ?? all, caps.box)) uncount(dropOldestOfBox.get(name));
        while (isOver(all, caps.all)) uncount(dropOldestOfAll.get());
        return answer;
      });
    },
    /** Oldest first. */
    requestsAfter(name: string, id: number, limit: number): RecordedRequest[] {
      return z.array(requestSchema).parse(after.all(name, id, limit));
    },
    /** Newest first. */
    newestRequests(name: string, limit: number): RecordedRequest[] {
      return z.array(requestSchema).parse(newest.all(name, limit));
    },
    clear(name: string): void {
      clear.run(name);
      const { entries, bytes } = boxes.get(name) ?? { entries: 0, bytes: 0 };
      count(name, -entries, -bytes);
    },
    close(): void {
      db.close();
    },
  };
}
