import { z } from '@hono/zod-openapi';
import { getEventSample } from '../services/events/get-event-sample.ts';
import { listEvents } from '../services/events/list-events.ts';
import { EventQuery, EventTypeParam, WebhookEvent } from './events/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { scope } from './takes.ts';

export const events = area('Events', [
  operation({
    id: 'listEvents',
    method: 'get',
    path: '/v1/events',
    takes: scope('events:read'),
    summary: 'Read events in the order in which they happened',
    description:
      'To continue, pass the last `seq` that you have as `after`: no event is ever added with a lower one. `meta.nextCursor` is that number while there are more events, otherwise null. With `wait`, an answer without events comes only after that time; it counts as a realtime connection meanwhile.',
    query: EventQuery,
    answer: [200, 'Events by ascending `seq`.', z.array(WebhookEvent)],
    errors: ['SESSION_NOT_FOUND', 'CURSOR_TOO_OLD', 'LIMIT_EXCEEDED'],
    run: async ({ ctx, query: { after, limit, types = null, sessionId = null, wait } }) => {
      const input = { after, limit, types, session: sessionId, waitSeconds: wait };
      const { events: page, nextCursor } = await listEvents({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'getEventSample',
    method: 'get',
    path: '/v1/events/samples/{type}',
    takes: scope('events:read'),
    summary: 'Get a sample event',
    description:
      'A made-up event of this type, as a webhook that subscribed by this name receives it. For an unknown type, `details.types` lists all types.',
    params: EventTypeParam,
    answer: [200, 'The sample.', WebhookEvent],
    errors: ['NOT_FOUND'],
    run: ({ params }) => getEventSample({ input: params }),
  }),
]);
