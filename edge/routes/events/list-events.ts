import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { PAGE_LIMIT } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listEvents as listEventsVerb } from '../../services/events/list-events.ts';
import { Subscription } from '../webhooks/schemas.ts';
import { WebhookEvent } from './schemas.ts';

const Query = z.object({
  after: z.coerce.number().int().min(0).default(0).openapi({
    description: '`seq` of the last event that you have; 0 for the first page.',
  }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
  types: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(Subscription).max(50))
    .optional()
    .openapi({
      type: 'string',
      description: 'Comma list of types, wildcards or aliases.',
      example: 'message.*',
    }),
  sessionId: z.string().min(1).max(100).optional().openapi({ description: 'Id or name.' }),
});

export const listEvents = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/events',
      operationId: 'listEvents',
      ...requiredScope('events:read'),
      tags: ['Events'],
      summary: 'Read events in the order in which they happened',
      description:
        'Ask again with `after` = the last `seq` you have: no event ever appears below one that was read. `meta.nextCursor` is that number while there is more, else null.',
      request: { query: Query },
      responses: {
        200: answer('Events by ascending `seq`.', z.array(WebhookEvent)),
        ...errorResponses,
      },
    }),
    async (c) => {
      const { after, limit, types, sessionId } = c.req.valid('query');
      const input = { after, limit, types: types ?? null, session: sessionId ?? null };
      const { events, nextCursor } = await listEventsVerb({ ctx: c.get('ctx'), input });
      return ok(c, events, 200, { nextCursor });
    },
  );
