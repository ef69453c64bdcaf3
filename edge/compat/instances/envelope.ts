import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import type { AppEnv } from '../../context.ts';
import { FailureFields } from '../failure-fields.ts';

const Meta = z
  .object({
    timestamp: z.iso.datetime(),
    request_id: z.string().openapi({ example: 'req_01k2q8z6m4c8f7h3n5r9t1v0wx' }),
    instanceName: z.string().optional().describe('The instance that the answer is about.'),
  })
  .openapi('InstanceMeta');

/** `{success, data, meta}`, with the metadata in its own spelling. */
export const instancesDialect: SystemDialect = {
  codes: {},
  messages: { UNAUTHORIZED: 'Authorization required. Format: Bearer <token>' },
  failure: ({ code, message, details, requestId, timestamp }) => ({
    success: false,
    error: { code, message, details },
    meta: { timestamp, request_id: requestId },
  }),
  schema: z
    .object({
      success: z.literal(false),
      error: FailureFields,
      meta: Meta.pick({ timestamp: true, request_id: true }),
    })
    .openapi('Error'),
};

/** One entry of a route's `responses`: a success. */
export const instanceAnswer = <Data extends z.ZodType>(description: string, data: Data) => ({
  description,
  content: {
    'application/json': { schema: z.object({ success: z.literal(true), data, meta: Meta }) },
  },
});

export function answerInstance(
  c: Context<AppEnv>,
  data: unknown,
  {
    status = 200,
    instanceName = null,
  }: { status?: ContentfulStatusCode; instanceName?: string | null } = {},
): Response {
  const named = instanceName === null ? {} : { instanceName };
  return c.json({ success: true, data, meta: { ...instanceMeta(c), ...named } }, status);
}

export const instanceMeta = (c: Context<AppEnv>) => ({
  timestamp: new Date(c.get('services').now()).toISOString(),
  request_id: c.get('requestId'),
});
