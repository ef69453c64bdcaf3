import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ErrorCode } from '../../shared/errors.ts';
import type { AppEnv, OperationFacts, ServiceContext } from '../context.ts';
import { BODY_LIMIT_BYTES } from '../middleware/accept-body.ts';
import { acceptForm, type FormBody } from '../middleware/accept-form.ts';
import { FORM_LIMIT_BYTES } from '../services/media/receive-upload.ts';
import type { App } from '../http/app.ts';
import { bindCursor, listAskedFor } from '../http/cursor.ts';
import { answer, errors, type ExtraMeta, ok } from '../http/envelope.ts';
import {
  type Given,
  inWordsOf,
  readGiven,
  readRequest,
  type ReadRequest,
} from '../http/read-request.ts';
import { noteIds } from '../log/noted.ts';
import { requireTaken, scope, type Takes, toSecurity } from './takes.ts';

/** What an operation works with: the caller, and the request as its schemas read it. */
export type Call<Params, Query, Headers, Body> = ReadRequest<Params, Query, Headers, Body> & {
  ctx: ServiceContext;
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
  /** As OpenAPI writes it: `/v1/keys/{id}`; an alias has its source system's. */
  path: `/v1/${string}` | `/api/${string}` | `/wa/${string}` | `/compat/${string}` | '/admin';
  takes: Takes;
  /** A person may do it also while the workspace that they act in is suspended. */
  beyondWorkspace?: true;
  /** It also takes one-time tokens, as `readCredential` finds them. */
  takesRealtimeToken?: true;
  /** It also takes ADMIN_PASSWORD, as HTTP Basic. */
  takesAdminPassword?: true;
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  /** Parameters of the query that it does not know are let through. */
  takesAnyQuery?: true;
  headers?: H;
  /** A JSON body with an example, of 64 KiB at most unless it says more. An optional one is `{}` when it is left out. */
  body?: {
    schema: B;
    example: z.input<B>;
    optional?: true;
    limitBytes?: number;
    maxValues?: number;
    /** The body may also be a form, with such a file and the fields as its parts. */
    form?: FormBody | null;
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
  id: string;
  method: string;
  path: string;
  takes: Takes;
  errors: readonly ErrorCode[];
  facts: OperationFacts;
  register: (app: App, tag: string) => void;
  /** Runs it for another operation, behind the same check of the caller. */
  call: (c: Context<AppEnv>, given: Given) => Promise<Response>;
  /** The same at another address, with its answers in another envelope. */
  mirror: (mirror: Mirror) => Row;
};

type Mirror = Pick<
  Asked<Nothing, Nothing, Nothing, Nothing>,
  'id' | 'path' | 'takesAdminPassword'
> & {
  responses: (own: RouteConfig['responses']) => RouteConfig['responses'];
  answer: (c: Context<AppEnv>, own: Response) => Promise<Response>;
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
): Row => {
  const runFor = async (c: Context<AppEnv>, read: ReadRequest<P, Q, H, B>): Promise<Response> => {
    const ctx = c.get('ctx');
    noteIds(ctx.noted, Object.values(Object(read.params)));
    requireTaken(ctx, row.takes);
    return row.run({ ctx, ...read, request: c.req.raw }, c);
  };
  return {
    id: row.id,
    method: row.method,
    path: row.path,
    takes: row.takes,
    errors: row.errors ?? [],
    facts: factsOf(row),
    register: (app, tag) => {
      const middleware = row.body?.form == null ? [] : [formOf(row, row.body.form)];
      app.openapi(createRoute({ ...routeOf(row, tag), middleware }), async (c) =>
        runFor(c, readRequest(c, row)),
      );
    },
    call: async (c, given) => {
      const read = await readGiven(c, row, given);
      try {
        return await runFor(c, read);
      } catch (error) {
        throw inWordsOf(given, error);
      }
    },
    mirror: ({ responses, answer: translate, ...place }) =>
      rawOperation({
        ...row,
        ...place,
        responses: responses(row.responses),
        run: async (call, c) => translate(c, await row.run(call, c)),
      }),
  };
};

const factsOf = (
  row: Pick<
    Asked<z.ZodType, z.ZodType, z.ZodType, z.ZodType>,
    'file' | 'body' | 'takes' | 'takesRealtimeToken' | 'takesAdminPassword' | 'beyondWorkspace'
  >,
): OperationFacts => ({
  limitBytes: row.file?.limitBytes ?? row.body?.limitBytes ?? BODY_LIMIT_BYTES,
  maxValues: row.body?.maxValues,
  takesFile: row.file !== undefined,
  formLimitBytes: row.file === undefined && row.body?.form == null ? null : FORM_LIMIT_BYTES,
  checksKey: row.takes.kind === 'scope' && row.takes.checkedBy === 'statement',
  takesRealtimeToken: row.takesRealtimeToken === true,
  takesAdminPassword: row.takesAdminPassword === true,
  beyondWorkspace: row.takes.kind === 'admin' || row.beyondWorkspace === true,
});

/** Who may send is known before a file is stored, also where the send's statement checks it. */
const formOf = ({ takes }: { takes: Takes }, form: FormBody) =>
  acceptForm(form, (ctx) => requireTaken(ctx, takes.kind === 'scope' ? scope(takes.scope) : takes));

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
    ...toSecurity(row.takes, row.takesAdminPassword),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    request: {
      ...(params !== undefined && { params: asObject(params) }),
      query: row.takesAnyQuery === true ? asObject(query ?? z.object({})) : strict(query),
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

const strict = (query: z.ZodType = z.object({})): z.ZodObject => asObject(query).strict();

const asObject = (schema: z.ZodType): z.ZodObject => {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error('parameters are described by an object');
};
