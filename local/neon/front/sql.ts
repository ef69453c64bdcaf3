import type { IncomingHttpHeaders } from 'node:http';
import type { PoolClient } from 'pg';
import { isOutdatedPlan, type Plans } from './plans.ts';
import type { Pools } from './pools.ts';
import {
  beginStatement,
  errorBody,
  isFromPostgres,
  leavesNoState,
  sqlBody,
  type Statement,
} from './sql-protocol.ts';

export type SqlAnswer = { status: number; body: unknown };

/**
 * Answers one `POST /sql`. 200 with the result or `{results}` of a batch; 400 with PostgreSQL's error fields,
 * or for a request that does not fit; 503 when the database cannot be reached.
 * @param toServer turns the caller's connection string into one for the server behind this door.
 */
export async function answerSql(
  text: string,
  headers: IncomingHttpHeaders,
  pools: Pools,
  toServer: (connectionString: string) => string,
): Promise<SqlAnswer> {
  const connectionString = headers['neon-connection-string'];
  if (typeof connectionString !== 'string' || !URL.canParse(connectionString)) {
    return refuse('the Neon-Connection-String header must be postgresql://user:password@host/db');
  }
  const body = sqlBody.safeParse(parseJson(text));
  if (!body.success) return refuse('the body must be {"query","params"} or {"queries":[…]}');
  const arrayMode = headers['neon-array-mode'] === 'true';
  try {
    const run = (planned: boolean) =>
      pools.with(toServer(connectionString), async (client, plans) => {
        const connection = { client, plans: planned ? plans : undefined, arrayMode };
        const { answer, reusable } = await runBody(connection, body.data, headers);
        return { value: answer, reusable };
      });
    return await run(true).catch((error: unknown) => {
      if (!isOutdatedPlan(error)) throw error;
      return run(false);
    });
  } catch (error) {
    return failure(error);
  }
}

type Outcome = { answer: SqlAnswer; reusable: boolean };
/** Without `plans` nothing is prepared. */
type Connection = { client: PoolClient; plans: Plans | undefined; arrayMode: boolean };

/** @throws when a kept plan is outdated: nothing was done, and the connection goes. */
async function runBody(
  connection: Connection,
  body: ReturnType<typeof sqlBody.parse>,
  headers: IncomingHttpHeaders,
): Promise<Outcome> {
  if (!('queries' in body)) return runSingle(connection, body);
  const { client } = connection;
  let reusable = true;
  try {
    await client.query(beginStatement(headers));
    const results: QueryResult[] = [];
    for (const statement of body.queries) {
      const result = await runStatement(connection, statement);
      reusable &&= leavesNoState(result.command, statement.query);
      results.push(result);
    }
    await client.query('COMMIT');
    return { answer: { status: 200, body: { results } }, reusable };
  } catch (error) {
    const rolledBack = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    if (connection.plans !== undefined && isOutdatedPlan(error)) throw error;
    return { answer: failure(error), reusable: reusable && rolledBack };
  }
}

async function runSingle(connection: Connection, statement: Statement): Promise<Outcome> {
  try {
    const body = await runStatement(connection, statement);
    return {
      answer: { status: 200, body },
      reusable: leavesNoState(body.command, statement.query),
    };
  } catch (error) {
    if (connection.plans !== undefined && isOutdatedPlan(error)) throw error;
    const stillUsable = error instanceof Error && isFromPostgres(error);
    return {
      answer: failure(error),
      reusable: stillUsable && leavesNoState('SELECT', statement.query),
    };
  }
}

type QueryResult = { command: string; rowCount: number | null; rows: unknown[]; fields: unknown[] };

async function runStatement(
  { client, plans, arrayMode }: Connection,
  { query, params }: Statement,
): Promise<QueryResult & { rowAsArray: boolean }> {
  const name = plans?.nameOf(query);
  const options = {
    ...(name === undefined ? {} : { name }),
    text: query,
    values: params,
    // Also without parameters: the simple protocol would run several statements.
    queryMode: 'extended',
  };
  const result = await (arrayMode
    ? client.query<unknown[]>({ ...options, rowMode: 'array' })
    : client.query<Record<string, unknown>>(options));
  const fields = result.fields.map((field) => ({
    name: field.name,
    dataTypeID: field.dataTypeID,
    tableID: field.tableID,
    columnID: field.columnID,
    dataTypeSize: field.dataTypeSize,
    dataTypeModifier: field.dataTypeModifier,
    format: 'text',
  }));
  const { command, rowCount, rows } = result;
  return { command: command ?? '', rowCount, rows, fields, rowAsArray: arrayMode };
}

function failure(error: unknown): SqlAnswer {
  if (!(error instanceof Error)) throw error;
  return { status: isFromPostgres(error) ? 400 : 503, body: errorBody(error) };
}

function refuse(message: string): SqlAnswer {
  return { status: 400, body: errorBody(new Error(message)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
