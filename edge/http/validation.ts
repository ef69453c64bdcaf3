import type { ZodError } from 'zod';
import { AppError } from '../../shared/errors.ts';

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

/**
 * A request that does not fit its schema, as one VALIDATION_ERROR that names each field.
 * @param target part of the request: json, query, param, header
 */
export function invalidRequest(target: string, error: ZodError): AppError {
  const fields = error.issues.slice(0, MAX_FIELDS).map((issue) => ({
    in: PLACES[target] ?? target,
    field: shorten(issue.path.join('.')),
    message: shorten(issue.message),
  }));
  const [first] = fields;
  const message =
    first === undefined
      ? undefined
      : `${[first.in, first.field].filter(Boolean).join('.')}: ${first.message}`;
  return new AppError('VALIDATION_ERROR', message, { fields });
}

/** `defaultHook` of the router. */
export function rejectInvalid(
  result: { target: string } & ({ success: true } | { success: false; error: ZodError }),
): void {
  if (!result.success) throw invalidRequest(result.target, result.error);
}
