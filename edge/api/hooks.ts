import { z } from '@hono/zod-openapi';
import { envelope, errors, successOf } from '../http/envelope.ts';
import { createWebhook } from '../services/webhooks/create-webhook.ts';
import { deleteHook } from '../services/webhooks/delete-hook.ts';
import { Deleted } from './deleted.ts';
import { area, operation, rawOperation } from './operation.ts';
import { scope } from './takes.ts';
import { CreateHook, newHookOf, WebhookId, WebhookSchema } from './webhooks/schemas.ts';

/** The envelope, with the id where clients of REST hooks look for it. */
const HookAnswer = envelope(WebhookSchema).extend({ id: z.string() }).openapi('HookAnswer');

export const hooks = area('Webhooks', [
  rawOperation({
    id: 'createHook',
    method: 'post',
    path: '/v1/hooks',
    takes: scope('webhooks:write'),
    summary: 'Subscribe a REST hook, as Zapier and n8n do',
    description:
      'A REST hook is a webhook endpoint. The same `url`, `eventTypes` and `sessionIds` again are the same subscription, which is switched on again. `id` is at the top level of the answer, too. A subscription that has been switched off for 7 days is deleted.',
    body: {
      schema: CreateHook,
      example: { url: 'https://example.com/hooks/catch/1', eventTypes: ['message.received'] },
    },
    responses: {
      201: {
        description: 'The subscription.',
        content: {
          'application/json': { schema: HookAnswer },
        },
      },
      ...errors('SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'),
    },
    run: async ({ ctx, body }, c) => {
      const { secret: _, ...made } = await createWebhook({
        ctx,
        input: newHookOf(body),
        isHook: true,
      });
      return c.json({ id: made.id, ...successOf(c, made) }, 201);
    },
  }),
  operation({
    id: 'deleteHook',
    method: 'delete',
    path: '/v1/hooks/{id}',
    takes: scope('webhooks:write'),
    summary: 'Unsubscribe a REST hook',
    description: 'Answers the same when there is no such subscription.',
    params: WebhookId,
    answer: [200, 'There is no such subscription any more.', Deleted],
    run: ({ ctx, params }) => deleteHook({ ctx, input: params }),
  }),
]);
