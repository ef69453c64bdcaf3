import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { hooks } from '../../api/hooks.ts';
import { keys } from '../../api/keys.ts';
import { SessionLookup } from '../../api/name-fields.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv, ServiceContext } from '../../context.ts';
import { getSessionStatus } from '../../services/sessions/get-session-status.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { createSession, makeSession, NewSession } from '../new-session.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import { INSTANCE_STATES, instanceState } from '../../values/system-states.ts';
import { answerInstance, instanceAnswer } from './envelope.ts';

const list = operationOf(sessions, 'listSessions');
const status = operationOf(sessions, 'getSessionStatus');
const qr = operationOf(sessions, 'getSessionQr');
const restart = operationOf(sessions, 'restartSession');
const createKey = operationOf(keys, 'createKey');
const createHook = operationOf(hooks, 'createHook');

const InstanceRef = z.object({
  name: SessionLookup.openapi({
    param: { name: 'name', in: 'path' },
    description: 'Name or id of the instance.',
    example: 'support',
  }),
});
const Instance = z
  .object({
    id: z.string(),
    instanceName: z.string(),
    status: z.enum(INSTANCE_STATES),
    phoneNumber: z.string().nullable(),
    lastActive: z.iso.datetime().nullable(),
  })
  .openapi('Instance', {
    example: {
      id: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
      instanceName: 'support',
      status: 'CONNECTED',
      phoneNumber: '15550100001',
      lastActive: '2026-11-21T10:00:00.000Z',
    },
  });
const InstanceQr = z
  .object({
    qrCode: z.string().describe('The code as a data URL.'),
    qrCodeExpiry: z.iso.datetime().describe('When a new code replaces it.'),
  })
  .openapi('InstanceQr', {
    example: {
      qrCode: 'data:image/png;base64,iVBORw0KGgo…',
      qrCodeExpiry: '2026-11-21T10:00:20.000Z',
    },
  });
const InstanceKey = z
  .object({ id: z.string(), name: z.string(), key: z.string(), scopes: z.array(z.string()) })
  .openapi('InstanceKey', {
    example: {
      id: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
      name: 'support',
      key: 'wp_live_eyJhbGciOiJIUzI1NiJ9.eyJ3cyI6IndrcyJ9.c2lnbmF0dXJl',
      scopes: ['messages:send'],
    },
  });
const InstanceWebhook = z
  .object({ webhookId: z.string(), url: z.string() })
  .openapi('InstanceWebhook', {
    example: { webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx', url: 'https://example.com/hook' },
  });

/** What a key of an instance may do, if its maker does not say. */
const KEY_SCOPES = [
  'messages:send',
  'messages:read',
  'contacts:read',
  'sessions:read',
  'sessions:write',
  'webhooks:write',
];

const show = (session: ShownSession) => ({
  id: session.id,
  instanceName: session.name,
  status: instanceState(session.status),
  phoneNumber: session.phoneNumber,
  lastActive: session.lastActiveAt,
});

async function answerOne(c: Context<AppEnv>, own: Response): Promise<Response> {
  const { data } = await answerOf(own, ShownSession);
  return answerInstance(c, show(data), { instanceName: data.name });
}

/** What an instance is called, whatever it is asked for by. */
const nameOf = async (ctx: ServiceContext, id: string): Promise<string> =>
  (await getSessionStatus({ ctx, input: { id } })).name;

/** @param instance null: the one that the key is pinned to, or else all */
async function setWebhook(
  c: Context<AppEnv>,
  url: string,
  instance: string | null,
): Promise<Response> {
  const ctx = c.get('ctx');
  const pin = ctx.actor.type === 'apiKey' ? ctx.actor.sessionId : null;
  const about = instance ?? pin;
  const instanceName = about === null ? null : await nameOf(ctx, about);
  const sessionIds = instance === null ? {} : { sessionIds: [instance] };
  const answer = await createHook.call(c, { body: { url, eventTypes: ['*'], ...sessionIds } });
  const { data } = await answerOf(answer, z.object({ id: z.string(), url: z.string() }));
  return answerInstance(c, { webhookId: data.id, url: data.url }, { instanceName });
}

const webhookBody = {
  schema: z.object({ url: z.string() }),
  example: { url: 'https://example.com/hook' },
};

export const instanceRows: readonly Row[] = [
  alias({
    id: 'instancesCreate',
    method: 'post',
    path: '/api/instances',
    summary: 'Create an instance',
    calls: [createSession],
    body: {
      schema: NewSession.required({ name: true }),
      example: { name: 'support' },
    },
    responses: { 201: instanceAnswer('The instance.', Instance) },
    run: async ({ body }, c) => {
      const made = await makeSession(c, body, 'instance');
      return answerInstance(c, show(made), { status: 201, instanceName: made.name });
    },
  }),
  alias({
    id: 'instancesList',
    method: 'get',
    path: '/api/instances',
    summary: 'List the instances, newest first',
    calls: [list],
    responses: { 200: instanceAnswer('Up to 1,000 instances.', z.array(Instance)) },
    run: async (_call, c) => answerInstance(c, (await wholeList(c, list, ShownSession)).map(show)),
  }),
  alias({
    id: 'instancesStatus',
    method: 'get',
    path: '/api/instances/{name}/status',
    summary: 'Get the state of an instance',
    calls: [status],
    params: InstanceRef,
    responses: { 200: instanceAnswer('The instance.', Instance) },
    run: async ({ params: { name: id } }, c) =>
      answerOne(c, await status.call(c, { params: { id } })),
  }),
  alias({
    id: 'instancesInfo',
    method: 'get',
    path: '/api/instance/info',
    summary: 'Get the instance of the key',
    description: 'The one that the key is pinned to, or else the default one.',
    calls: [status],
    responses: { 200: instanceAnswer('The instance.', Instance) },
    run: async ({ ctx }, c) => {
      const own = await getSessionStatus({ ctx, input: { id: null } });
      return answerInstance(c, show(own), { instanceName: own.name });
    },
  }),
  alias({
    id: 'instancesQr',
    method: 'get',
    path: '/api/instances/{name}/qr',
    summary: 'Get the QR code to scan',
    calls: [qr],
    params: InstanceRef,
    responses: { 200: instanceAnswer('The code.', InstanceQr) },
    run: async ({ params: { name: id } }, c) => {
      const answer = await qr.call(c, { params: { id }, query: { format: 'json' } });
      const shown = z.object({ dataUrl: z.string(), expiresAt: z.string() });
      const { data, sessionName } = await answerOf(answer, shown);
      const code = { qrCode: data.dataUrl, qrCodeExpiry: data.expiresAt };
      return answerInstance(c, code, { instanceName: sessionName });
    },
  }),
  alias({
    id: 'instancesRestart',
    method: 'post',
    path: '/api/instances/{name}/restart',
    summary: 'Restart an instance',
    calls: [restart],
    params: InstanceRef,
    responses: { 200: instanceAnswer('The instance.', Instance) },
    run: async ({ params: { name: id } }, c) =>
      answerOne(c, await restart.call(c, { params: { id } })),
  }),
  alias({
    id: 'instancesCreateKey',
    method: 'post',
    path: '/api/instances/{name}/keys',
    summary: 'Create a key of an instance',
    description: `The key reaches this instance alone, and is shown only in this answer. Its scopes are ${KEY_SCOPES.map((scope) => `\`${scope}\``).join(', ')}, unless the body says others.`,
    calls: [createKey],
    params: InstanceRef,
    body: {
      schema: z.object({
        name: z.string().optional(),
        scopes: z.array(z.string()).optional(),
      }),
      example: { name: 'Order service' },
      optional: true,
    },
    responses: { 201: instanceAnswer('The key, shown once.', InstanceKey) },
    run: async ({ ctx, params, body: { name: said, scopes = KEY_SCOPES } }, c) => {
      const instanceName = await nameOf(ctx, params.name);
      const name = said ?? instanceName;
      const given = {
        body: { name, scopes, sessionId: params.name },
        called: { sessionId: 'name' },
      };
      const { data } = await answerOf(await createKey.call(c, given), InstanceKey);
      c.header('cache-control', 'no-store');
      return answerInstance(c, data, { status: 201, instanceName });
    },
  }),
  alias({
    id: 'instancesSetWebhook',
    method: 'post',
    path: '/api/instances/{name}/webhook',
    summary: 'Receive all events of an instance at a URL',
    description: 'The same URL again is the same endpoint, which is switched on again.',
    calls: [createHook],
    params: InstanceRef,
    body: webhookBody,
    responses: { 200: instanceAnswer('The endpoint.', InstanceWebhook) },
    run: async ({ params, body: { url } }, c) => setWebhook(c, url, params.name),
  }),
  alias({
    id: 'instancesSetOwnWebhook',
    method: 'post',
    path: '/api/webhook',
    summary: 'Receive all events of the key’s instance at a URL',
    description: 'With a key that has no instance: the events of all instances.',
    calls: [createHook],
    body: webhookBody,
    responses: { 200: instanceAnswer('The endpoint.', InstanceWebhook) },
    run: async ({ body: { url } }, c) => setWebhook(c, url, null),
  }),
];
