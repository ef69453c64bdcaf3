import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import type { AppEnv } from '../../context.ts';
import { FailureFields } from '../failure-fields.ts';

/** `{ok: false, error}`. Where no session can take a job, the queue is unavailable. */
export const queueDialect: SystemDialect = {
  codes: { VALIDATION_ERROR: 'BAD_REQUEST', SESSION_NOT_READY: 'UNAVAILABLE' },
  statuses: { SESSION_NOT_READY: 503 },
  failure: ({ code, message, details }) => ({ ok: false, error: { code, message, details } }),
  schema: z
    .object({
      ok: z.literal(false),
      error: FailureFields,
    })
    .openapi('Error'),
};

/** The schema of a success. */
export const queueEnvelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ ok: z.literal(true), data });

/** One entry of a route's `responses`: a success. */
export const queueAnswer = <Data extends z.ZodType>(description: string, data: Data) => ({
  description,
  content: { 'application/json': { schema: queueEnvelope(data) } },
});

export const answerQueue = (
  c: Context<AppEnv>,
  data: unknown,
  status: ContentfulStatusCode = 200,
): Response => c.json({ ok: true, data }, status);
