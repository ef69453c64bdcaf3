import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../shared/errors.ts';
import { nearName } from './near-name.ts';
import { answeringRoute } from './answering-route.ts';
import type { Operation } from './operations.ts';

const PLACES: Readonly<Record<string, string>> = {
  json: 'body',
  form: 'body',
  param: 'path',
  query: 'query',
  header: 'headers',
  cookie: 'cookies',
};

/** A body can be wrong in a hundred thousand places, and one message can name as many keys. */
const MAX_FIELDS = 20;
const MAX_TEXT = 200;

const shorten = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text;

type Issue = z.core.$ZodIssue;

/**
 * A request that does not fit its schema, as one VALIDATION_ERROR that names each field. Unknown fields come first: where one
 * has the wrong name, what it should be called is missing as well.
 * @param target part of the request: json, query, param, header
 * @param schema what it was held to, for the names that it knows
 */
export function invalidRequest(target: string, error: z.ZodError, schema?: unknown): AppError {
  const isUnknown = ({ code }: Issue) => code === 'unrecognized_keys';
  const issues = [
    ...error.issues.filter(isUnknown),
    ...error.issues.filter((issue) => !isUnknown(issue)),
  ];
  const fields = issues
    .slice(0, MAX_FIELDS)
    .flatMap((issue) => placesOf(issue, schema))
    .slice(0, MAX_FIELDS)
    .map(({ path, message }) => ({
      in: PLACES[target] ?? target,
      field: shorten(path.map(String).join('.')),
      message: shorten(message),
    }));
  const [first] = fields;
  const message =
    first === undefined
      ? undefined
      : `${[first.in, first.field].filter(Boolean).join('.')}: ${first.message}`;
  return new AppError('VALIDATION_ERROR', message, { fields });
}

function placesOf(issue: Issue, schema: unknown): { path: PropertyKey[]; message: string }[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = namesAt(schema, path);
  return issue.keys
    .slice(0, MAX_FIELDS)
    .map((key) => ({ path: [...path, key], message: unknownName(key, known) }));
}

function unknownName(written: string, known: readonly string[]): string {
  const near = nearName(written, known);
  if (near !== null) return `is not known here; did you mean \`${near}\`?`;
  if (known.length === 0) return 'is not known here';
  return `is not known here; known are ${known.map((name) => `\`${name}\``).join(', ')}`;
}

/** The names of the object that a schema has at this path; none where it has no object. */
function namesAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  )
    return namesAt(schema.unwrap(), path);
  const [next, ...rest] = path;
  if (schema instanceof z.ZodArray) return namesAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<PropertyKey, unknown>> = schema.shape;
  return next === undefined ? Object.keys(shape) : namesAt(shape[next], rest);
}

type Outcome = { target: string } & ({ success: true } | { success: false; error: z.ZodError });

/** `defaultHook` of the router. */
export const rejectInvalid =
  (operations: () => ReadonlyMap<string, Operation>) =>
  (result: Outcome, c: Context): void => {
    if (result.success) return;
    const matched = answeringRoute(c);
    const schemas = operations().get(`${matched?.method} ${matched?.path}`)?.schemas;
    const schema = result.target === 'query' ? schemas?.query : schemas?.json;
    throw invalidRequest(result.target, result.error, schema);
  };
