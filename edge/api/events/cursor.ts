import { z } from '@hono/zod-openapi';

/** The `seq` of the last event that a reader has. An empty one is none, as an EventSource's empty id is. */
export const EventCursor = z
  .literal('')
  .transform(() => undefined)
  .or(z.coerce.number().int().min(0))
  .optional()
  .openapi({ type: 'integer', minimum: 0 });
