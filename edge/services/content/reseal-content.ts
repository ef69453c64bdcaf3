import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { EVENTS, eventTypeOf } from '../../../shared/catalogue/events/index.ts';
import type { Services } from '../../context.ts';
import { AppError } from '../../../shared/errors.ts';

/** Rows of a table that a run looks at. */
const BATCH = 500;

type Words = <Value>(value: Value) => Value;
/** Applies `words` to what is sealed of a column. @param type of the row, where it has one */
type Column = (words: Words, value: unknown, type: string | null) => unknown;

const whole: Column = (words, value) => words(value);
const headers: Column = (words, value) =>
  Object.fromEntries(Object.entries(Object(value)).map(([name, each]) => [name, words(each)]));
const emojis: Column = (words, value) =>
  z
    .array(z.looseObject({ emoji: z.string() }))
    .parse(value)
    .map((reaction) => ({ ...reaction, emoji: words(reaction.emoji) }));
const payload: Column = (words, value, type) => {
  const known = type === null ? undefined : eventTypeOf(type);
  if (known === undefined) return value;
  const { content, credential } = EVENTS[known];
  const sealed = new Set<string>(credential === null ? content : [...content, credential]);
  const given = Object.entries(Object(value)).filter(([field]) => sealed.has(field));
  return { ...Object(value), ...words(Object.fromEntries(given)) };
};

type Table = {
  /** Indexed column by whose order the table is walked. */
  by: string;
  /** Tells a row from the others with the same `by`. */
  key?: SQL;
  type?: SQL;
  /** Workspace of the row `t`. */
  workspace?: SQL;
  text?: readonly string[];
  json?: Readonly<Record<string, Column>>;
};

const TABLES: Readonly<Record<string, Table>> = {
  messages: { by: 'id', json: { content: whole, reactions: emojis } },
  events: { by: 'id', type: sql`t.type`, json: { data: payload } },
  attempts: {
    by: 'delivery_id',
    key: sql`t.attempt_no::text`,
    workspace: sql`(select d.workspace_id from deliveries d where d.id = t.delivery_id)`,
    text: ['response_excerpt'],
  },
  webhook_endpoints: { by: 'id', text: ['secret', 'previous_secret'], json: { headers } },
  sessions: { by: 'id', text: ['reject_call_text'] },
  leads: { by: 'id', text: ['notes'] },
};

const Row = z.object({
  by: z.string(),
  key: z.string(),
  workspace: z.string(),
  type: z.string().nullable(),
  was: z.record(z.string(), z.unknown()),
});
type Row = z.infer<typeof Row>;
const Progress = z.object({ after: z.string() });

/**
 * Seals clear content, and seals content again that is under an older master key. It walks each table by id, and each run
 * continues where the last one stopped. It skips a row that changes meanwhile: its writer seals it.
 */
export async function resealContent(
  services: Pick<Services, 'db' | 'contentSeal' | 'log'>,
): Promise<void> {
  const { rows } = await services.db.execute(sql`
    select table_name as name from content_reseal
    where key_version = ${services.contentSeal.newest} and finished_at is not null`);
  const done = new Set(
    z
      .array(z.object({ name: z.string() }))
      .parse(rows)
      .map(({ name }) => name),
  );
  for (const [name, table] of Object.entries(TABLES))
    if (!done.has(name)) await resealSome(services, name, table);
}

async function resealSome(
  services: Pick<Services, 'db' | 'contentSeal' | 'log'>,
  name: string,
  table: Table,
): Promise<void> {
  const { db, contentSeal } = services;
  const version = contentSeal.newest;
  await db.execute(sql`
    insert into content_reseal (table_name, key_version, after) values (${name}, ${version}, '')
    on conflict (table_name) do update set key_version = excluded.key_version, after = '', started_at = now(), finished_at = null
      where content_reseal.key_version <> excluded.key_version`);
  const { rows: places } = await db.execute(sql`
    select after from content_reseal where table_name = ${name} and finished_at is null`);
  const [place] = z.array(Progress).parse(places);
  if (place === undefined) return;
  const rows = await readRows(services, name, table, place.after);
  const changed = rows.flatMap((row) => resealed(services, table, row) ?? []);
  if (changed.length > 0) await db.execute(updateOf(name, table, changed));
  // An isolate of before the key changed may still have written behind the place: the walk is over when it is an hour old.
  const last = rows.at(-1)?.by;
  await db.execute(sql`
    update content_reseal set after = ${rows.length < BATCH ? '' : (last ?? '')},
      finished_at = case when ${rows.length < BATCH}::boolean and started_at < now() - interval '1 hour' then now() end
    where table_name = ${name} and key_version = ${version} and after = ${place.after}`);
}

const jsonOf = ({ text = [], json = {} }: Table): SQL =>
  sql`jsonb_build_object(${sql.join(
    [...text, ...Object.keys(json)].map(
      (column) => sql`${column}::text, ${sql.identifier('t')}.${sql.identifier(column)}`,
    ),
    sql`, `,
  )})`;

async function readRows(
  { db }: Pick<Services, 'db'>,
  name: string,
  table: Table,
  after: string,
): Promise<Row[]> {
  const by = sql`t.${sql.identifier(table.by)}`;
  const { rows } = await db.execute(sql`
    select ${by} as by, ${table.key ?? sql`''`} as key, ${table.workspace ?? sql`t.workspace_id`} as workspace,
      ${table.type ?? sql`null::text`} as type, ${jsonOf(table)} as was
    from ${sql.identifier(name)} t where ${by} > ${after} order by ${by}
    fetch first ${sql.raw(String(BATCH))} rows with ties`);
  return z.array(Row).parse(rows);
}

/** Null where nothing is to be done, or nothing can be. */
function resealed(
  { contentSeal, log }: Pick<Services, 'contentSeal' | 'log'>,
  { text = [], json = {} }: Table,
  { by, key, workspace, type, was }: Row,
) {
  const columns = { ...Object.fromEntries(text.map((name) => [name, whole])), ...json };
  const mapped = (words: Words) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        was[name] === null ? null : column(words, was[name], type),
      ]),
    );
  let stale = false;
  mapped((value) => {
    stale ||= contentSeal.isStale(value);
    return value;
  });
  if (!stale) return null;
  try {
    return {
      by,
      key,
      was,
      becomes: mapped((value) => contentSeal.seal(workspace, contentSeal.open(workspace, value))),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log({ event: 'content_unreadable', id: by, reason: String(error.details?.['reason']) });
    return null;
  }
}

function updateOf(name: string, table: Table, changed: readonly object[]): SQL {
  const { text = [], json = {} } = table;
  const sets = [
    ...text.map((column) => sql`${sql.identifier(column)} = given.becomes ->> ${column}::text`),
    ...Object.keys(json).map(
      (column) =>
        sql`${sql.identifier(column)} = nullif(given.becomes -> ${column}::text, 'null'::jsonb)`,
    ),
  ];
  return sql`update ${sql.identifier(name)} t set ${sql.join(sets, sql`, `)}
    from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as given(by text, key text, was jsonb, becomes jsonb)
    where t.${sql.identifier(table.by)} = given.by and ${table.key ?? sql`''`} = given.key and ${jsonOf(table)} = given.was`;
}
