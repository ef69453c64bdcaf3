import { z } from '@hono/zod-openapi';

/** What every deletion answers that has nothing more to say. */
export const Deleted = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .openapi('Deleted', { example: { id: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx', deleted: true } });
