import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

/*
 * A deployment migrates first and then replaces the Worker: for a while the one before works on the new schema. A migration
 * may therefore only add what that one can do without. What nobody uses any more is removed by a later release.
 */
const FOLDER = path.join(import.meta.dirname, '../../migrations/sql');
/** The last migration from before anybody ran a release. */
const FIRST_RELEASED = '0033';

const BREAKING: readonly [why: string, sql: RegExp][] = [
  ['removes what the Worker before may read', /\bdrop (table|column)\b/i],
  ['renames what the Worker before may read', /\brename (to|column)\b/i],
  [
    'changes the type of what the Worker before may write',
    /\balter column \S+ (set data )?type\b/i,
  ],
  ['refuses rows that the Worker before may write', /\balter column \S+ set not null\b/i],
  [
    'refuses rows that the Worker before may write',
    // All rows of before satisfy the one that is named.
    /\balter table \S+ add constraint (?!"idempotency_made_one")\S+ (check|unique)\b/i,
  ],
  [
    'needs a column that the Worker before does not write',
    /\badd column (?!.*\bdefault\b).*\bnot null\b/i,
  ],
];

const breaksIn = (sql: string): string[] =>
  sql
    .split(';')
    .flatMap((statement) =>
      BREAKING.flatMap(([why, pattern]) =>
        pattern.test(statement) ? [`${why}: ${statement.trim()}`] : [],
      ),
    );

test('the Worker of the release before can work on the schema of this one', async () => {
  const files = (await readdir(FOLDER)).filter(
    (name) => name.endsWith('.sql') && name >= FIRST_RELEASED,
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files)
    expect(breaksIn(await readFile(path.join(FOLDER, file), 'utf8')), file).toEqual([]);
});

test.each([
  'ALTER TABLE "messages" DROP COLUMN "type";',
  'DROP TABLE "messages";',
  'ALTER TABLE "messages" RENAME COLUMN "type" TO "kind";',
  'ALTER TABLE "messages" ALTER COLUMN "type" SET DATA TYPE integer;',
  'ALTER TABLE "messages" ALTER COLUMN "type" SET NOT NULL;',
  'ALTER TABLE "messages" ADD COLUMN "kind" text NOT NULL;',
  `ALTER TABLE "messages" ADD CONSTRAINT "messages_kinds" CHECK ("type" <> '');`,
  'ALTER TABLE "messages" ADD CONSTRAINT "messages_once" UNIQUE("wire_id");',
])('%s is found', (statement) => {
  expect(breaksIn(statement)).toHaveLength(1);
});

test.each([
  'ALTER TABLE "messages" ADD COLUMN "kind" text;',
  `ALTER TABLE "messages" ADD COLUMN "kind" text DEFAULT 'text' NOT NULL;`,
  'CREATE INDEX "messages_kind" ON "messages" USING btree ("kind");',
])('%s is no break', (statement) => {
  expect(breaksIn(statement)).toEqual([]);
});
