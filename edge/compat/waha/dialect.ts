import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../../../shared/errors.ts';
import { ERRORS } from '../../../shared/errors.ts';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import { FailureFields } from '../failure-fields.ts';
import { HTTP_WORDS } from '../http-words.ts';

/** Where WAHA has another status: what the state of a session does not allow is 422 there. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  SESSION_NOT_READY: 422,
  CONFLICT: 422,
};

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** `{statusCode, message, error}`, and our code and details beside them. Of a failure inside, `exception` as well. */
export const wahaDialect: SystemDialect = {
  codes: {},
  statuses: STATUSES,
  failure: ({ code, message, details, timestamp }) => {
    const statusCode = isCode(code) ? (STATUSES[code] ?? ERRORS[code].status) : 500;
    const isInside = statusCode >= 500 && statusCode !== 501;
    return {
      statusCode,
      message,
      error: HTTP_WORDS[statusCode] ?? code,
      code,
      details,
      ...(isInside && { timestamp, exception: { name: code, message } }),
    };
  },
  schema: z
    .object({
      statusCode: z.number().int(),
      error: z.string().describe('The status in words.'),
      timestamp: z.string().optional(),
      exception: z.object({ name: z.string(), message: z.string() }).optional(),
      ...FailureFields.shape,
    })
    .openapi('Error'),
};
