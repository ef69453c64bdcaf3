import { z } from '@hono/zod-openapi';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import { FailureFields } from '../failure-fields.ts';

/** `{error}`. A success is an object with what was asked for, by its name. */
export const sessionsDialect: SystemDialect = {
  codes: {},
  failure: ({ code, message, details }) => ({ error: { code, message, details } }),
  schema: z
    .object({
      error: FailureFields,
    })
    .openapi('Error'),
};
