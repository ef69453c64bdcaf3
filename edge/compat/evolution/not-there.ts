import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { webhooks } from '../../api/webhooks.ts';
import { operationOf } from '../alias.ts';
import { getSession } from './instance-view.ts';
import { ONLINE } from '../refused.ts';
import { refused } from './route.ts';

const update = operationOf(sessions, 'updateSession');
const listWebhooks = operationOf(webhooks, 'listWebhooks');

/** Ways out of Evolution beside the webhook. */
const OUTLETS = [
  ['websocket', 'Websocket', 'Waypost has a WebSocket of its own: `GET /v1/realtime`.'],
  ['rabbitmq', 'Rabbitmq', 'Waypost does not publish to RabbitMQ: use a webhook.'],
  ['sqs', 'Sqs', 'Waypost does not publish to SQS: use a webhook.'],
  ['chatwoot', 'Chatwoot', 'Waypost does not speak to Chatwoot: use a webhook.'],
] as const;

const BOTS = [
  ['typebot', 'Typebot'],
  ['openai', 'Openai'],
  ['dify', 'Dify'],
  ['flowise', 'Flowise'],
  ['evolutionBot', 'EvolutionBot'],
] as const;

const CLOUD = 'It belongs to WhatsApp’s Cloud API, which Waypost does not use.';

/** Routes of Evolution that answer why there is no such thing. */
export const evolutionNotThere: readonly Row[] = [
  ...OUTLETS.flatMap(([path, name, reason]) => [
    refused({
      id: `evolutionSet${name}`,
      method: 'post',
      path: `${path}/set`,
      summary: `Set up ${name}`,
      reason,
      calls: update,
    }),
    refused({
      id: `evolutionFind${name}`,
      method: 'get',
      path: `${path}/find`,
      summary: `Get the settings of ${name}`,
      reason,
      calls: listWebhooks,
    }),
  ]),
  ...BOTS.flatMap(([path, name]) => {
    const reason = 'Waypost has no bots of its own: answer messages from a webhook.';
    return [
      refused({
        id: `evolutionCreate${name}`,
        method: 'post',
        path: `${path}/create`,
        summary: `Create a bot of ${name}`,
        reason,
        calls: update,
      }),
      refused({
        id: `evolutionFind${name}`,
        method: 'get',
        path: `${path}/find`,
        summary: `List the bots of ${name}`,
        reason,
        calls: getSession,
      }),
    ];
  }),
  refused({
    id: 'evolutionSetPresence',
    method: 'post',
    path: 'instance/setPresence',
    summary: 'Show the number as online',
    reason: ONLINE,
    calls: update,
  }),
  refused({
    id: 'evolutionOfferCall',
    method: 'post',
    path: 'call/offer',
    summary: 'Call a number',
    reason: 'The engine has no way to call.',
    calls: update,
  }),
  ...(['getCatalog', 'getCollections'] as const).map((path) =>
    refused({
      id: path === 'getCatalog' ? 'evolutionGetCatalog' : 'evolutionGetCollections',
      method: 'post',
      path: `business/${path}`,
      summary: `Get the ${path === 'getCatalog' ? 'products' : 'collections'} of a business`,
      reason: 'The engine has no way to read a catalogue.',
      calls: getSession,
    }),
  ),
  refused({
    id: 'evolutionCreateTemplate',
    method: 'post',
    path: 'template/create',
    summary: 'Create a template',
    reason: CLOUD,
    calls: update,
  }),
  refused({
    id: 'evolutionFindTemplates',
    method: 'get',
    path: 'template/find',
    summary: 'List the templates',
    reason: CLOUD,
    calls: getSession,
  }),
];
