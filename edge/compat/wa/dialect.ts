import { z } from '@hono/zod-openapi';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import { FailureFields } from '../failure-fields.ts';

/** `{success: false, error}`. A success has no envelope. */
export const waDialect: SystemDialect = {
  codes: {
    VALIDATION_ERROR: 'INVALID_REQUEST',
    SESSION_NOT_READY: 'WHATSAPP_NOT_READY',
    INTERNAL: 'SERVER_ERROR',
  },
  failure: ({ code, message, details }) => ({ success: false, error: { code, message, details } }),
  schema: z
    .object({
      success: z.literal(false),
      error: FailureFields,
    })
    .openapi('Error'),
};
