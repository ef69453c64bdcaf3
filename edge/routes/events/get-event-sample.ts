import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getEventSample as getEventSampleVerb } from '../../services/events/get-event-sample.ts';
import { WebhookEvent } from './schemas.ts';

const EventTypeParam = z.object({
  type: z
    .string()
    .min(1)
    .max(100)
    .openapi({
      param: { name: 'type', in: 'path' },
      description: 'A type, or an alias of one.',
      example: 'message.received',
    }),
});

export const getEventSample = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/events/samples/{type}',
      operationId: 'getEventSample',
      ...requiredScope('events:read'),
      tags: ['Events'],
      summary: 'Get a sample event',
      description:
        'An event of this type, made up, in the form in which a webhook that subscribed by this name gets it. `details.types` of a 404 lists all types.',
      request: { params: EventTypeParam },
      responses: { 200: answer('The sample.', WebhookEvent), ...errors('NOT_FOUND') },
    }),
    (c) => ok(c, getEventSampleVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );
