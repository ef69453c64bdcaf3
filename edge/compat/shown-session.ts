import { z } from '@hono/zod-openapi';
import { SESSION_STATUSES } from '../../shared/session-status.ts';

/** A session of ours, as far as the source systems show it. */
export const ShownSession = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(SESSION_STATUSES),
  phoneNumber: z.string().nullable(),
  lastActiveAt: z.iso.datetime().nullable(),
});
export type ShownSession = z.output<typeof ShownSession>;
