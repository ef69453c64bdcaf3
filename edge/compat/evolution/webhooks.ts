import { z } from '@hono/zod-openapi';
import { hooks } from '../../api/hooks.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { webhooks } from '../../api/webhooks.ts';
import { getSessionStatus } from '../../services/sessions/get-session-status.ts';
import { chosenName, EVOLUTION_EVENTS } from '../../values/evolution/event-names.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { INSTANCE_EXAMPLE } from './instance-view.ts';
import { checkWebhook, setWebhook, shownWebhook, WebhookFields } from './instance-webhook.ts';
import { BASE, Instance } from './route.ts';

const set = operationOf(hooks, 'createHook');
const find = operationOf(webhooks, 'listWebhooks');
const update = operationOf(sessions, 'updateSession');

const Shown = z
  .object({
    enabled: z.boolean(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    webhookByEvents: z.boolean(),
    webhookBase64: z.boolean(),
    events: z.array(z.string()),
    instanceId: z.string(),
  })
  .openapi('EvolutionWebhook', {
    example: {
      enabled: true,
      url: 'https://example.com/hook',
      headers: {},
      webhookByEvents: false,
      webhookBase64: false,
      events: ['MESSAGES_UPSERT', 'CONNECTION_UPDATE'],
      instanceId: INSTANCE_EXAMPLE,
    },
  });

const Found = z.union([Shown, z.null()]).openapi('EvolutionFoundWebhook');

export const evolutionWebhooks: readonly Row[] = [
  alias({
    id: 'evolutionSetWebhook',
    method: 'post',
    path: `${BASE}/webhook/set/{instance}`,
    summary: 'Set the webhook of an instance',
    description: `Replaces the one that it had. Its events are ${EVOLUTION_EVENTS.map((name) => `\`${chosenName(name)}\``).join(', ')}.`,
    calls: [update, set],
    errors: ['LIMIT_EXCEEDED'],
    params: Instance,
    body: {
      schema: WebhookFields.extend({ webhook: WebhookFields.nullish() }),
      example: {
        webhook: {
          enabled: true,
          url: 'https://example.com/hook',
          byEvents: false,
          base64: false,
          events: ['MESSAGES_UPSERT', 'CONNECTION_UPDATE'],
        },
      },
    },
    responses: { 201: json('The webhook; null after `enabled: false`.', Found) },
    run: async ({ ctx, params: { instance }, body: { webhook, ...flat } }, c) => {
      const said = webhook ?? flat;
      const { id } = await getSessionStatus({ ctx, input: { id: instance } });
      await checkWebhook(c, said, { field: webhook == null ? 'url' : 'webhook.url' });
      await setWebhook(c, id, said);
      return c.json(await shownWebhook(c, id), 201);
    },
  }),
  alias({
    id: 'evolutionFindWebhook',
    method: 'get',
    path: `${BASE}/webhook/find/{instance}`,
    summary: 'Get the webhook of an instance',
    calls: [find],
    errors: ['SESSION_NOT_FOUND'],
    params: Instance,
    responses: { 200: json('The webhook; null where there is none.', Found) },
    run: async ({ ctx, params: { instance } }, c) => {
      const { id } = await getSessionStatus({ ctx, input: { id: instance } });
      return c.json(await shownWebhook(c, id));
    },
  }),
];
