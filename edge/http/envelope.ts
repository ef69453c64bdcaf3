import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../../shared/errors.ts';
import type { AppEnv, Dialect } from '../context.ts';
import { failureOf } from './failure.ts';

const Meta = z
  .object({
    requestId: z.string().openapi({ example: 'req_01k2q8z6m4c8f7h3n5r9t1v0wx' }),
    timestamp: z.iso.datetime(),
    sessionId: z.string().optional(),
    sessionName: z.string().optional(),
    failedMessages: z
      .number()
      .int()
      .optional()
      .describe('How many messages failed because of this request. Each has its own event.'),
    warnings: z
      .array(z.string())
      .optional()
      .describe('What was done as asked, but may not work as meant.'),
    nextCursor: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Pass it as `cursor`, with the same filters, to get the next page; null on the last page.',
      ),
  })
  .openapi('Meta');
export type ExtraMeta = Partial<
  Pick<
    z.infer<typeof Meta>,
    'sessionId' | 'sessionName' | 'nextCursor' | 'failedMessages' | 'warnings'
  >
>;

export const ErrorBody = z
  .object({
    success: z.literal(false),
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    meta: Meta.pick({ requestId: true, timestamp: true }),
  })
  .openapi('Error');
export type ErrorBody = z.infer<typeof ErrorBody>;

/** The schema of a successful answer that carries `data`. */
export const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ success: z.literal(true), data, meta: Meta });

/** One entry of a route's `responses`: a successful JSON answer. */
export const answer = <Data extends z.ZodType>(description: string, data: Data) => ({
  description,
  content: { 'application/json': { schema: envelope(data) } },
});

/** Answers with the success envelope. */
export function ok<Data, Status extends ContentfulStatusCode = 200>(
  c: Context<AppEnv>,
  data: Data,
  status?: Status,
  meta: ExtraMeta = {},
) {
  // The default of the type parameter is the default of the argument.
  return c.json(successOf(c, data, meta), (status ?? 200) as Status);
}

/** The success envelope itself. */
export const successOf = <Data>(c: Context<AppEnv>, data: Data, meta: ExtraMeta = {}) => ({
  success: true as const,
  data,
  meta: {
    requestId: c.get('requestId'),
    timestamp: new Date(c.get('services').now()).toISOString(),
    ...meta,
  },
});

/** One example for each error code, which the routes' answers point at. */
export const errorExamples = (dialect?: Dialect) =>
  ERROR_CODES.map((code) => {
    const { message, advice, retryable } = ERRORS[code];
    const value = failureOf({ code, message, details: undefined }, dialect, {
      requestId: 'req_01k2q8z6m4c8f7h3n5r9t1v0wx',
      timestamp: '2026-01-01T00:00:00.000Z',
    });
    const again = retryable ? 'May succeed later.' : 'Will not succeed as it is.';
    return { code, example: { summary: message, description: `${advice} ${again}`, value } };
  });

/** Errors that every /v1 route can answer with. */
const COMMON = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'VALIDATION_ERROR',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
] as const satisfies ErrorCode[];

type ErrorResponse<Schema extends object = typeof ErrorBody> = {
  description: string;
  content: {
    'application/json': { schema: Schema; examples: Record<string, { $ref: string }> };
  };
};
type StatusOf<Code extends ErrorCode> = (typeof ERRORS)[Code]['status'];
type ErrorResponses<Code extends ErrorCode> = Record<
  StatusOf<Code | (typeof COMMON)[number]>,
  ErrorResponse
>;

/** Entries of a route's `responses` for the errors common to all routes and those given, grouped by status. */
export const errors = <Code extends ErrorCode = never>(...codes: Code[]): ErrorResponses<Code> =>
  errorResponses([...COMMON, ...codes], ErrorBody);

/** Entries for these errors, grouped by status: by ours, or by a source system's. */
export function errorResponses<Schema extends object>(
  codes: Iterable<ErrorCode>,
  schema: Schema,
  dialect?: Dialect,
): Record<string, ErrorResponse<Schema>> {
  const byStatus = Map.groupBy(
    new Set<ErrorCode>(codes),
    (code) => dialect?.statuses?.[code] ?? ERRORS[code].status,
  );
  const entries = [...byStatus].map(([status, sharing]): [number, ErrorResponse<Schema>] => [
    status,
    {
      description: sharing
        .map((code) => `\`${dialect?.codes[code] ?? code}\`: ${ERRORS[code].message}`)
        .join(' '),
      content: {
        'application/json': {
          schema,
          examples: Object.fromEntries(
            sharing.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
          ),
        },
      },
    },
  ]);
  return Object.fromEntries(entries);
}
