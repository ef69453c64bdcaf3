import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ErrorCode } from '../../shared/errors.ts';
import type { AppEnv, OperationFacts, ServiceContext } from '../context.ts';
import { BODY_LIMIT_BYTES } from '../middleware/accept-body.ts';
import { acceptForm } from '../middleware/accept-form.ts';
import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import { FORM_LIMIT_BYTES } from '../services/media/receive-upload.ts';
import type { App } from '../http/app.ts';
import { bindCursor, listAskedFor } from '../http/cursor.ts';
import { answer, errors, type ExtraMeta, ok } from '../http/envelope.ts';
import { requireTaken, scope, type Takes, toSecurity } from './takes.ts';

/** What an operation works with: the caller, and the request as its schemas read it. */
export type Call<Params, Query, Headers, Body> = {
  ctx: ServiceContext;
  params: z.output<Params>;
  query: z.output<Query>;
  headers: z.output<Headers>;
  body: z.output<Body>;
  /** The request itself, for what no schema reads. */
  request: Request;
};

/** Data of an answer, with more in `meta` than every answer has. */
class WithMeta<Data> {
  readonly data: Data;
  readonly meta: ExtraMeta;

  constructor(data: Data, meta: ExtraMeta) {
    this.data = data;
    this.meta = meta;
  }
}
export const withMeta = <Data>(data: Data, meta: ExtraMeta): WithMeta<Data> =>
  new WithMeta(data, meta);

type Result<Answer extends z.ZodType> = z.input<Answer> | WithMeta<z.input<Answer>>;

type Nothing = z.ZodObject;

type Asked<P extends z.ZodType, Q extends z.ZodType, H extends z.ZodType, B extends z.ZodType> = {
  /** `operationId` in OpenAPI, and the action in the audit log. */
  id: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/keys/{id}`. */
  path: `/v1/${string}`;
  takes: Takes;
  /** A person may do it also while the workspace that they act in is suspended. */
  beyondWorkspace?: true;
  /** It also takes one-time tokens, as `readCredential` finds them. */
  takesRealtimeToken?: true;
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  headers?: H;
  /** A JSON body with an example, of 64 KiB at most unless it says more. An optional one is `{}` when it is left out. */
  body?: {
    schema: B;
    example: z.input<B>;
    optional?: true;
    limitBytes?: number;
    maxValues?: number;
    /** The body may also be a form, with such a file and the fields as its parts. */
    form?: MediaRule | null;
  };
  /** In place of JSON: the body is a file, of at most so many bytes, or a form that has it as its part `file`. */
  file?: { limitBytes: number };
  /** Beside those that every operation can answer with. */
  errors?: readonly ErrorCode[];
};

/** An operation that answers with JSON in the envelope. */
type JsonOperation<
  Answer extends z.ZodType,
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
> = Asked<P, Q, H, B> & {
  answer: readonly [status: 200 | 201 | 202, description: string, data: Answer];
  /** The answer is a secret: caches keep off. */
  noStore?: true;
  run: (call: Call<P, Q, H, B>) => Result<Answer> | Promise<Result<Answer>>;
};

/** An operation whose answer is no JSON, or has more than one form. */
type RawOperation<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
> = Asked<P, Q, H, B> & {
  responses: RouteConfig['responses'];
  run: (call: Call<P, Q, H, B>, c: Context<AppEnv>) => Response | Promise<Response>;
};

/** An operation as the app knows it, whatever its schemas. */
export type Row = {
  method: string;
  path: string;
  facts: OperationFacts;
  register: (app: App, tag: string) => void;
};

/** Operations that share a tag in the document. */
export type Area = { tag: string; rows: readonly Row[] };
export const area = (tag: string, rows: readonly Row[]): Area => ({ tag, rows });

/**
 * A row of an area's table. From it come the route, its OpenAPI, the check of who may call it, its name in the audit log and
 * the envelope. The compiler checks that `run` gives what `answer` says.
 */
export const operation = <
  Answer extends z.ZodType,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  H extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(
  row: JsonOperation<Answer, P, Q, H, B>,
): Row => {
  const [status, description, data] = row.answer;
  return rawOperation({
    ...row,
    responses: { [status]: answer(description, data) },
    run: async (call, c) => {
      const list = await listAskedFor(row.id, row.query, call);
      const result = await row.run(call);
      if (row.noStore === true) c.header('cache-control', 'no-store');
      return result instanceof WithMeta
        ? ok(c, result.data, status, list === null ? result.meta : ofList(result.meta, list))
        : ok(c, result, status);
    },
  });
};

const ofList = (meta: ExtraMeta, list: string): ExtraMeta => ({
  ...meta,
  nextCursor: bindCursor(meta.nextCursor, list),
});

/** As `operation`, for an answer that is no JSON in the envelope: a picture, an export, one of several forms. */
export const rawOperation = <
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  H extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
>(
  row: RawOperation<P, Q, H, B>,
): Row => ({
  method: row.method,
  path: row.path,
  facts: {
    limitBytes: row.file?.limitBytes ?? row.body?.limitBytes ?? BODY_LIMIT_BYTES,
    maxValues: row.body?.maxValues,
    takesFile: row.file !== undefined,
    formLimitBytes: row.file === undefined && row.body?.form == null ? null : FORM_LIMIT_BYTES,
    checksKey: row.takes.kind === 'scope' && row.takes.checkedBy === 'statement',
    takesRealtimeToken: row.takesRealtimeToken === true,
    beyondWorkspace: row.takes.kind === 'admin' || row.beyondWorkspace === true,
  },
  register: (app, tag) => {
    const middleware = row.body?.form == null ? [] : [formOf(row, row.body.schema, row.body.form)];
    app.openapi(createRoute({ ...routeOf(row, tag), middleware }), async (c) => {
      const ctx = c.get('ctx');
      requireTaken(ctx, row.takes);
      return row.run({ ctx, ...readRequest(c, row), request: c.req.raw }, c);
    });
  },
});

/** Who may send is known before a file is stored, also where the send's statement checks it. */
const formOf = ({ takes }: { takes: Takes }, schema: z.ZodType, rule: MediaRule) =>
  acceptForm(asObject(schema), rule, (ctx) =>
    requireTaken(ctx, takes.kind === 'scope' ? scope(takes.scope) : takes),
  );

function routeOf<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
>(row: RawOperation<P, Q, H, B>, tag: string): RouteConfig {
  const { id, method, path, summary, description, params, query, headers, body, file } = row;
  return {
    method,
    path,
    operationId: id,
    ...toSecurity(row.takes),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    request: {
      ...(params !== undefined && { params: asObject(params) }),
      query: asObject(query ?? z.object({})).strict(),
      ...(headers !== undefined && { headers: asObject(headers) }),
      ...(body !== undefined && {
        body: {
          required: body.optional !== true,
          content: {
            'application/json': { schema: body.schema, example: body.example },
            ...(body.form != null && formContent(FIELDS_OF_FORM)),
          },
        },
      }),
      ...(file !== undefined && {
        body: {
          required: true,
          content: {
            'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
            ...formContent({}),
          },
        },
      }),
    },
    responses: { ...row.responses, ...errors(...(row.errors ?? [])) },
  };
}

const FIELDS_OF_FORM = {
  payload: {
    type: 'string',
    description: 'The fields of the JSON body, as JSON. Or each is a part of its own.',
  },
} as const;

/** A plain schema: no validator is made of it, which would hold the whole form in memory. */
const formContent = (fields: Partial<typeof FIELDS_OF_FORM>) => ({
  'multipart/form-data': {
    schema: {
      'x-component': 'payload' in fields ? 'MessageForm' : 'FileForm',
      type: 'object' as const,
      properties: { file: { type: 'string' as const, format: 'binary' }, ...fields },
      required: ['file'],
    },
  },
});

const asObject = (schema: z.ZodType): z.ZodObject => {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error('parameters are described by an object');
};

/** The request as the validators in front of the handler read it, by the very schemas that the types come from. */
function readRequest<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
>(c: Context<AppEnv>, row: RawOperation<P, Q, H, B>): Omit<Call<P, Q, H, B>, 'ctx' | 'request'> {
  // Hono knows a route's validators by its literal type, which a table of rows does not have.
  const valid = (target: string): unknown => c.req.valid(target as never);
  return {
    params: (row.params === undefined ? {} : valid('param')) as z.output<P>,
    query: (row.query === undefined ? {} : valid('query')) as z.output<Q>,
    headers: (row.headers === undefined ? {} : valid('header')) as z.output<H>,
    body: readBody(row.body, valid('json')) as z.output<B>,
  };
}

/** For an optional body that is left out, the validator gives an object that no schema has seen, without defaults. */
function readBody(body: { schema: z.ZodType; optional?: true } | undefined, read: unknown) {
  if (body === undefined) return {};
  const isLeftOut = body.optional === true && Object.keys(Object(read)).length === 0;
  return isLeftOut ? body.schema.parse({}) : read;
}
