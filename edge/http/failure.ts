import { type AppError, ERRORS } from '../../shared/errors.ts';
import type { Dialect, Failure } from '../context.ts';
import type { ErrorBody } from './envelope.ts';

type Refusal = Pick<AppError, 'code' | 'message' | 'details'>;

/** The body of a failure, in our envelope or in a source system's. Pure. */
export function failureOf(
  { code, message, details }: Refusal,
  dialect: Dialect | undefined,
  meta: Pick<Failure, 'requestId' | 'timestamp'>,
): object {
  const facts = details === undefined ? {} : { details: { ...details } };
  if (dialect === undefined) {
    const body: ErrorBody = { success: false, error: { code, message, ...facts }, meta };
    return body;
  }
  const isDefault = message === ERRORS[code].message;
  return dialect.failure({
    code: dialect.codes[code] ?? code,
    message: (isDefault ? dialect.messages?.[code] : undefined) ?? message,
    ...facts,
    ...meta,
  });
}
