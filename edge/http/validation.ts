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

/** `defaultHook` of every router: a request that does not fit its schema is one VALIDATION_ERROR naming each field. */
export function rejectInvalid(
  result: { target: string } & ({ success: true } | { success: false; error: ZodError }),
): void {
  if (result.success) return;
  const fields = result.error.issues.map((issue) => ({
    in: PLACES[result.target] ?? result.target,
    field: issue.path.join('.'),
    message: issue.message,
  }));
  const [first] = fields;
  const message =
    first === undefined
      ? undefined
      : `${[first.in, first.field].filter(Boolean).join('.')}: ${first.message}`;
  throw new AppError('VALIDATION_ERROR', message, { fields });
}
