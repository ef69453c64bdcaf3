import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppEnv } from '../context.ts';
import { AppError } from '../../shared/errors.ts';
import { invalidRequest } from './validation.ts';

/** What an operation reads of a request. */
export type ReadRequest<Params, Query, Headers, Body> = {
  params: z.output<Params>;
  query: z.output<Query>;
  headers: z.output<Headers>;
  body: z.output<Body>;
};

type Schemas<P, Q, H, B> = {
  params?: P;
  query?: Q;
  headers?: H;
  body?: { schema: B; optional?: true };
};

/** What another operation hands over, as a client would send it: it is read by the row's own schemas. */
export type Given = {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  /** In place of the caller's own. */
  headers?: Readonly<Record<string, string>>;
  /** What the caller calls a field, for the refusal: `{ url: 'mediaUrl', 'proxy.url': 'config.proxy.server' }`. */
  called?: Readonly<Record<string, string>>;
};

/** The request as the validators in front of the handler read it, by the very schemas that the types come from. */
export function readRequest<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
>(c: Context<AppEnv>, row: Schemas<P, Q, H, B>): ReadRequest<P, Q, H, B> {
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

/** What another operation hands over, read as the request of a client is. @throws AppError VALIDATION_ERROR */
export async function readGiven<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
>(
  c: Context<AppEnv>,
  row: Schemas<P, Q, H, B>,
  { params, query, body, headers = {}, called = {} }: Given,
): Promise<ReadRequest<P, Q, H, B>> {
  const read = async (target: string, schema: z.ZodType | undefined, value: unknown) => {
    const result = await (schema ?? z.object({})).safeParseAsync(value ?? {});
    if (result.success) return result.data;
    const issues = result.error.issues.map((issue) => {
      const name = nameOf(issue.path.map(String).join('.'), called);
      return { ...issue, path: name === '' ? [] : name.split('.') };
    });
    throw invalidRequest(target, new z.ZodError(issues), schema);
  };
  // Each is the output of the schema that its type comes from.
  return {
    params: (await read('param', row.params, params)) as z.output<P>,
    query: (await read('query', row.query, query)) as z.output<Q>,
    headers: (await read('header', row.headers, { ...c.req.header(), ...headers })) as z.output<H>,
    body: (await read('json', row.body?.schema, body)) as z.output<B>,
  };
}

function nameOf(field: string, called: Readonly<Record<string, string>>): string {
  const [first = '', ...rest] = field.split('.');
  return called[field] ?? [called[first] ?? first, ...rest].join('.');
}

const Fields = z.array(z.object({ in: z.string(), field: z.string(), message: z.string() })).min(1);

/** A refusal of an operation that another one has called, with its fields as the caller has them. */
export function inWordsOf(caller: Pick<Given, 'called'>, error: unknown): unknown {
  const { called } = caller;
  if (called === undefined || !(error instanceof AppError) || error.code !== 'VALIDATION_ERROR')
    return error;
  const read = Fields.safeParse(error.details?.['fields']);
  if (!read.success) return error;
  const fields = read.data.map((one) => ({ ...one, field: nameOf(one.field, called) }));
  const [was, now] = [read.data[0], fields[0]].map((one) => `${one?.in}.${one?.field}: `);
  const message = error.message.startsWith(`${was}`)
    ? `${now}${error.message.slice(`${was}`.length)}`
    : error.message;
  return new AppError(error.code, message, { ...error.details, fields }, { cause: error });
}
