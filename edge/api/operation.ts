import { type RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { AppEnv, ServiceContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { answer, errors, type ExtraMeta, ok } from '../http/envelope.ts';
import { invalidRequest } from '../http/validation.ts';
import { documentTaken, requireTaken, type Takes } from './takes.ts';

/** Zod with `.openapi()`, for rows and their schemas. */
export { z };

type Schema = z.ZodType;
type SuccessStatus = 200 | 201 | 202;

/** What every row says, whatever it answers with. */
type Row<Params, Query, Headers, Body extends Schema> = {
  /** `operationId` of the document, and the call's name in the audit log. */
  id: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in the document: `/v1/keys/{id}`. */
  path: `/${string}`;
  takes: Takes;
  /** One line, without a full stop. */
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  headers?: Headers;
  /** Schema and example. `optional`: the request may come without a body, which then counts as `{}`. */
  body?: readonly [schema: Body, example: z.input<Body>, optional?: 'optional'];
  /** 64 KB unless the row says more. A larger body is refused before it is read. */
  bodyLimitBytes?: number;
  /** Codes beside those that every operation can answer with. */
  errors?: readonly ErrorCode[];
};
type AnyRow = Row<Schema, Schema, Schema, Schema>;

/** What `run` is given: the request as the row's schemas read it. */
type Call<
  Params extends Schema,
  Query extends Schema,
  Headers extends Schema,
  Body extends Schema,
> = {
  ctx: ServiceContext;
  params: z.output<Params>;
  query: z.output<Query>;
  headers: z.output<Headers>;
  body: z.output<Body>;
  request: Request;
};
type AnyCall = Call<Schema, Schema, Schema, Schema>;

/** Of a part that the row does not name. */
type Absent = z.ZodUndefined;

/** A row of the API, ready to be mounted. */
export type Operation = AnyRow & {
  responses: RouteConfig['responses'];
  handle: (c: Context<AppEnv>) => Promise<Response>;
};

/**
 * One operation that takes and answers JSON, in our envelope. What `run` returns is checked against `answer` by the
 * compiler.
 */
export function operation<
  Data extends Schema,
  Params extends Schema = Absent,
  Query extends Schema = Absent,
  Headers extends Schema = Absent,
  Body extends Schema = Absent,
>(
  row: Row<Params, Query, Headers, Body> & {
    /** Status, what the answer is, and the schema of its `data`. */
    answer: readonly [status: SuccessStatus, description: string, data: Data];
    /** Other statuses that the same data can come with, by `reply`. */
    alsoAnswers?: Partial<Record<SuccessStatus, string>>;
    answerHeaders?: Record<string, { description: string; schema: object }>;
    /** What the answer's `meta` says beside request id and time. */
    meta?: (data: z.output<Data>) => ExtraMeta;
    run: (
      call: Call<Params, Query, Headers, Body>,
    ) => Answer<z.output<Data>> | Promise<Answer<z.output<Data>>>;
  },
): Operation {
  const { answer: main, alsoAnswers = {}, answerHeaders: headers, meta, run, ...rest } = row;
  const [status, description, data] = main;
  const entries = Object.entries({ ...alsoAnswers, [status]: description });
  const responses = Object.fromEntries(
    entries.map(([code, text]) => [code, { ...answer(text, data), ...(headers && { headers }) }]),
  );
  const handle = async (c: Context<AppEnv>): Promise<Response> => {
    // `readCall` has read it by the schemas of this very row.
    const call = (await readCall(c, row)) as Call<Params, Query, Headers, Body>;
    const result = await run(call);
    return result instanceof Reply
      ? answerReply(c, status, result)
      : ok(c, result, status, meta?.(result));
  };
  return { ...rest, responses, handle };
}

/** An operation whose answer is no JSON, or not JSON alone: an image, a file. */
export function rawOperation<
  Params extends Schema = Absent,
  Query extends Schema = Absent,
  Headers extends Schema = Absent,
>(
  row: Row<Params, Query, Headers, Absent> & {
    /** Status, what the answer is, and its schema by media type. */
    answer: readonly [
      status: SuccessStatus,
      description: string,
      content: Record<string, { schema: Schema; example?: unknown }>,
    ];
    run: (call: Call<Params, Query, Headers, Absent>) => Promise<Raw | Reply<unknown>>;
  },
): Operation {
  const { answer: main, run, ...rest } = row;
  const [status, description, content] = main;
  const handle = async (c: Context<AppEnv>): Promise<Response> => {
    // As above.
    const call = (await readCall(c, row)) as Call<Params, Query, Headers, Absent>;
    const result = await run(call);
    return result instanceof Raw
      ? c.body(result.body, status, { ...result.headers })
      : answerReply(c, status, result);
  };
  return { ...rest, responses: { [status]: { description, content } }, handle };
}

type Answer<Data> = Data | Reply<Data>;

type Beside = {
  /** One of `alsoAnswers`. */
  status?: SuccessStatus;
  meta?: ExtraMeta;
  headers?: Readonly<Record<string, string>>;
};

class Reply<Data> {
  readonly data: Data;
  readonly beside: Beside;
  constructor(data: Data, beside: Beside) {
    this.data = data;
    this.beside = beside;
  }
}

/** What `run` returns where the answer has a status, a header or a `meta` of its own. */
export const reply = <Data>(data: Data, beside: Beside): Reply<Data> => new Reply(data, beside);

/** What `run` returns for one page of a list. */
export const page = <Item>(list: { page: Item[]; nextCursor: string | null }): Reply<Item[]> =>
  reply(list.page, { meta: { nextCursor: list.nextCursor } });

class Raw {
  readonly body: string | ArrayBuffer | ReadableStream;
  readonly headers: Readonly<Record<string, string>>;
  constructor(body: Raw['body'], headers: Raw['headers']) {
    this.body = body;
    this.headers = headers;
  }
}

/** What `run` of a `rawOperation` returns: the answer as it is, without our envelope. */
export const raw = (body: Raw['body'], headers: Raw['headers']): Raw => new Raw(body, headers);

function answerReply(c: Context<AppEnv>, usual: SuccessStatus, result: Reply<unknown>): Response {
  const { status = usual, meta, headers = {} } = result.beside;
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return ok(c, result.data, status, meta);
}

export type Area = { tag: string; operations: readonly Operation[] };

/** The operations of one area, in the document's order, under its tag. */
export const area = (tag: string, operations: readonly Operation[]): Area => ({ tag, operations });

/** Serves an area's operations, and enters them in the OpenAPI document. */
export function mount(app: App, { tag, operations }: Area): void {
  for (const one of operations) {
    app.openAPIRegistry.registerPath({
      method: one.method,
      path: one.path,
      operationId: one.id,
      ...documentTaken(one.takes),
      tags: [tag],
      summary: one.summary,
      ...(one.description !== undefined && { description: one.description }),
      request: documentRequest(one),
      responses: { ...one.responses, ...errors(...(one.errors ?? [])) },
    });
    app.on(one.method.toUpperCase(), one.path.replaceAll(/\{(\w+)\}/g, ':$1'), one.handle);
  }
}

function documentRequest({ params, query, headers, body }: AnyRow): object {
  const [schema, example, optional] = body ?? [];
  const required = optional === undefined && { required: true };
  return {
    ...(params !== undefined && { params }),
    ...(query !== undefined && { query }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && {
      body: { ...required, content: { 'application/json': { schema, example } } },
    }),
  };
}

/**
 * Refuses whom the row does not take, then reads the request.
 * @throws AppError FORBIDDEN; VALIDATION_ERROR, MALFORMED_JSON
 */
async function readCall(c: Context<AppEnv>, row: AnyRow): Promise<AnyCall> {
  const ctx = c.get('ctx');
  requireTaken(ctx, row.takes);
  return {
    ctx,
    query: read('query', row.query, queryOf(c)),
    params: read('param', row.params, c.req.param()),
    headers: read('header', row.headers, c.req.header()),
    body: read('json', row.body?.[0], row.body === undefined ? undefined : await jsonOf(c)),
    request: c.req.raw,
  };
}

function read(target: string, schema: Schema | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(target, parsed.error);
  return parsed.data;
}

/** A name that stands there once is text; one that stands there more often is a list, which no schema here takes. */
const queryOf = (c: Context<AppEnv>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );

/** Without a body, `{}`: the schema says what is missing. A body of another type was refused by `requireJson`. */
async function jsonOf(c: Context<AppEnv>): Promise<unknown> {
  if (c.req.header('content-type') === undefined) return {};
  try {
    return await c.req.json();
  } catch (cause) {
    throw new AppError('MALFORMED_JSON', undefined, undefined, { cause });
  }
}
