import { z } from 'zod';

/** One statement as Neon's client sends it; parameters are already text, or null. */
const statement = z.object({ query: z.string(), params: z.array(z.json()).default([]) });
export type Statement = z.infer<typeof statement>;

/** The body of `POST /sql`: one statement, or a batch that is one transaction. */
export const sqlBody = z.union([z.object({ queries: z.array(statement) }), statement]);

const ISOLATION: Record<string, string> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
};

type Header = string | string[] | undefined;

/** The BEGIN that the `Neon-Batch-*` headers ask for; an absent header leaves PostgreSQL's default. */
export function beginStatement(headers: Record<string, Header>): string {
  const isolation = ISOLATION[String(headers['neon-batch-isolation-level'])];
  const parts = [
    'BEGIN',
    isolation === undefined ? '' : `ISOLATION LEVEL ${isolation}`,
    choose(headers['neon-batch-read-only'], 'READ ONLY', 'READ WRITE'),
    choose(headers['neon-batch-deferrable'], 'DEFERRABLE', 'NOT DEFERRABLE'),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function choose(header: Header, whenTrue: string, whenFalse: string): string {
  if (header === 'true') return whenTrue;
  return header === 'false' ? whenFalse : '';
}

const ERROR_FIELDS = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const;

/** Neon's error document: the message and every field PostgreSQL reports, absent ones as null. */
export function errorBody(error: Error): Record<string, unknown> {
  const known = new Map(Object.entries(error));
  const fields = ERROR_FIELDS.map((name) => [name, known.get(name) ?? null]);
  return { message: error.message, ...Object.fromEntries(fields) };
}

/** PostgreSQL's own errors carry a severity; everything else is trouble on the way to it. */
export function isFromPostgres(error: Error): boolean {
  return 'severity' in error && typeof error.severity === 'string';
}

const STATELESS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COMMIT', 'CREATE']);

/** May the connection be given to somebody else after this command? SET, PREPARE, LISTEN … stay behind. */
export function leavesNoState(command: string, sql: string): boolean {
  if (/\b(temp|temporary|set_config|pg_advisory_lock)\b/i.test(sql)) return false;
  return STATELESS.has(command);
}
