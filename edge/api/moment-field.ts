import { z } from '@hono/zod-openapi';
import { readBy } from '../http/read-by.ts';
import { parseMoment } from '../values/moment.ts';

/** A moment that a caller names: ISO 8601 with a zone, read into a Date. */
export const Moment = readBy(z.string().max(100), parseMoment).openapi({
  type: 'string',
  format: 'date-time',
});
