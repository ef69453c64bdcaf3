import { z } from '@hono/zod-openapi';

/** What the failures of all source systems have, each in its own envelope. */
export const FailureFields = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
