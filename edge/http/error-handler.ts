import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { failureOf } from './failure.ts';
import { isDatabaseOutage } from '../db/database-errors.ts';
import { describeError } from '../log/describe-error.ts';

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'MALFORMED_JSON',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Seconds after which a retryable refusal is worth another try, where no better number is known. */
const RETRY_AFTER_SECONDS = 5;
const RETRY_SHORTLY: ReadonlySet<ErrorCode> = new Set([
  'QUEUE_FULL',
  'UNAVAILABLE',
  'IDEMPOTENCY_CONFLICT',
]);

/** What an unknown throw is to the caller. Nothing of it is shown unless it was an AppError. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) {
    const code = CODE_OF_STATUS[error.status] ?? 'INTERNAL';
    return new AppError(code, undefined, undefined, { cause: error });
  }
  if (isDatabaseOutage(error))
    return new AppError('UNAVAILABLE', undefined, undefined, { cause: error });
  return new AppError('INTERNAL', undefined, undefined, { cause: error });
}

/** A browser asks its user for a password where one is taken. */
const schemeOf = (c: Context<AppEnv>): string =>
  c.get('operation')?.takesAdminPassword === true &&
  c.get('services').env.ADMIN_PASSWORD !== undefined
    ? 'Basic'
    : 'Bearer';

/** The only producer of failure bodies. */
export function answerError(thrown: unknown, c: Context<AppEnv>): Response {
  const error = toAppError(thrown);
  c.set('errorCode', error.code);
  if (error.status >= 500) {
    const detail = describeError(error.cause ?? error);
    c.get('services').log({ event: 'request_failed', requestId: c.get('requestId'), ...detail });
  }
  if (error.code === 'UNAUTHORIZED') c.header('WWW-Authenticate', `${schemeOf(c)} realm="waypost"`);
  const dialect = c.get('dialect');
  const status = dialect?.statuses?.[error.code] ?? error.status;
  const wait =
    error.details?.['retryAfterSeconds'] ??
    (RETRY_SHORTLY.has(error.code) || status === 503 ? RETRY_AFTER_SECONDS : undefined);
  if (typeof wait === 'number') c.header('Retry-After', String(wait));
  const body = failureOf(error, dialect, {
    requestId: c.get('requestId'),
    timestamp: new Date(c.get('services').now()).toISOString(),
  });
  // ERRORS holds only statuses that carry a body.
  return c.json(body, status as ContentfulStatusCode);
}
