import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { keys } from '../../api/keys.ts';
import type { Row } from '../../api/operation.ts';
import { PhoneNumber } from '../../api/recipient-fields.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import { AppError } from '../../../shared/errors.ts';
import { holdsScope } from '../../services/keys/require-scope.ts';
import { getSession as readSession } from '../../services/sessions/get-session.ts';
import { evolutionState } from '../../values/evolution/states.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { firstCode, getQr } from '../first-code.ts';
import { json } from '../json-answer.ts';
import { createSession, makeSession, NewSession } from '../new-session.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import {
  Code,
  Done,
  doneWith,
  FoundInstance,
  getSession,
  INSTANCE_EXAMPLE,
  Ours,
  Settings,
  settingsOf,
  showInstance,
  State,
  stateOf,
  tokenScopes,
} from './instance-view.ts';
import { ProxyFields, proxyIn } from './proxy.ts';
import { BASE, Instance } from './route.ts';
import { changesOf, SettingFields, SETTINGS_CALLED } from './settings.ts';
import { checkWebhook, createdWith, setWebhook, WebhookFields } from './instance-webhook.ts';

const list = operationOf(sessions, 'listSessions');
const status = operationOf(sessions, 'getSessionStatus');
const start = operationOf(sessions, 'startSession');
const restart = operationOf(sessions, 'restartSession');
const logout = operationOf(sessions, 'logoutSession');
const remove = operationOf(sessions, 'deleteSession');
const update = operationOf(sessions, 'updateSession');
const pairingCode = operationOf(sessions, 'requestPairingCode');
const createKey = operationOf(keys, 'createKey');

const NONE: z.output<typeof Code> = { pairingCode: null, code: null, base64: null, count: 0 };

const CodeOrState = z
  .union([Code, State])
  .openapi('EvolutionCodeOrState', { example: { ...NONE, code: '2@AbCdEf,…', count: 1 } });

const Off = z.object({ enabled: z.literal(false) });
const OFF = { enabled: false } as const;
const NOT_THERE = { websocket: OFF, rabbitmq: OFF, nats: OFF, sqs: OFF };

const Created = z
  .object({
    instance: z.object({
      instanceName: z.string(),
      instanceId: z.string(),
      integration: z.literal('WHATSAPP-BAILEYS'),
      webhookWaBusiness: z.null(),
      accessTokenWaBusiness: z.literal(''),
      status: z.string(),
    }),
    hash: z
      .string()
      .nullable()
      .describe(
        'The token of the instance: an API key that reaches it alone, shown once. Null where the caller may not create keys.',
      ),
    webhook: z.object({
      webhookUrl: z.string().optional(),
      webhookHeaders: z.record(z.string(), z.string()).optional(),
      webhookByEvents: z.boolean().optional(),
      webhookBase64: z.boolean().optional(),
    }),
    websocket: Off,
    rabbitmq: Off,
    nats: Off,
    sqs: Off,
    settings: Settings,
    qrcode: Code,
  })
  .openapi('EvolutionCreated', {
    example: {
      instance: {
        instanceName: 'support',
        instanceId: INSTANCE_EXAMPLE,
        integration: 'WHATSAPP-BAILEYS',
        webhookWaBusiness: null,
        accessTokenWaBusiness: '',
        status: 'connecting',
      },
      hash: 'wp_live_eyJhbGciOiJIUzI1NiJ9.eyJ3cyI6IndrcyJ9.c2lnbmF0dXJl',
      webhook: {},
      ...NOT_THERE,
      settings: {
        rejectCall: false,
        msgCall: '',
        groupsIgnore: false,
        alwaysOnline: false,
        readMessages: false,
        readStatus: false,
        syncFullHistory: false,
      },
      qrcode: NONE,
    },
  });

const Number = z
  .union([z.string().max(200), z.number()])
  .refine((number) => number === '' || PhoneNumber.safeParse(String(number)).success, {
    error: 'is no phone number: write it with its country code, such as 15550100001',
  });

/** A key of the instance alone, where the caller may make one. */
async function tokenOf(c: Context<AppEnv>, { id, name }: Ours): Promise<string | null> {
  const ctx = c.get('ctx');
  const scopes = tokenScopes(ctx);
  if (!holdsScope(ctx, 'keys:write') || scopes.length === 0) return null;
  const answer = await createKey.call(c, { body: { name, scopes, sessionId: id } });
  return (await answerOf(answer, z.object({ key: z.string() }))).data.key;
}

/** The code to scan, or with a number the one to type. */
async function codeOf(
  c: Context<AppEnv>,
  id: string,
  number: z.output<typeof Number> | undefined,
): Promise<z.output<typeof Code>> {
  if (number !== undefined && number !== '') {
    const given = { params: { id }, body: { phone: number }, called: { phone: 'number' } };
    const answer = await pairingCode.call(c, given);
    const { data } = await answerOf(answer, z.object({ code: z.string() }));
    return { ...NONE, pairingCode: data.code, count: 1 };
  }
  const code = await firstCode(c, id);
  return code === null ? NONE : { ...NONE, code: code.qr, base64: code.dataUrl, count: 1 };
}

/** The same of an instance that was made just now: what is wrong with its code is no reason to keep its token back. */
async function firstCodeOf(...asked: Parameters<typeof codeOf>): Promise<z.output<typeof Code>> {
  try {
    return await codeOf(...asked);
  } catch (error) {
    if (error instanceof AppError) return NONE;
    throw error;
  }
}

const answered = async (c: Context<AppEnv>, own: Response) =>
  readSession({
    ctx: c.get('ctx'),
    input: { id: (await answerOf(own, ShownSession.pick({ id: true }))).data.id },
  });

/** What is done to an instance, and how Evolution reports it. */
const COMMANDS = [
  ['logout', 'evolutionLogout', 'Unlink the phone', logout, 'Instance logged out'],
  ['delete', 'evolutionDelete', 'Delete an instance', remove, 'Instance deleted'],
] as const;

const commands: readonly Row[] = COMMANDS.map(([path, id, summary, called, message]) =>
  alias({
    id,
    method: 'delete',
    path: `${BASE}/instance/${path}/{instance}`,
    summary,
    ...(path === 'delete' && {
      description: 'Unlinks the phone and deletes the instance with its messages.',
    }),
    calls: [called],
    params: Instance,
    responses: { 200: json('It is done.', Done) },
    run: async ({ params: { instance } }, c) => {
      await called.call(c, { params: { id: instance } });
      return c.json(doneWith(message));
    },
  }),
);

export const evolutionInstances: readonly Row[] = [
  alias({
    id: 'evolutionCreate',
    method: 'post',
    path: `${BASE}/instance/create`,
    summary: 'Create an instance',
    description:
      'With `qrcode: true` it waits up to 30 seconds for the first code, with `number` besides for the code to type. Where there is none, `instance/connect` gives one or says why. `token` cannot be chosen: it is a key of Waypost, in `hash`.',
    calls: [createSession, update, createKey, getQr, pairingCode],
    body: {
      schema: z.object({
        instanceName: NewSession.shape.name.unwrap(),
        mode: NewSession.shape.mode,
        qrcode: z.boolean().nullish(),
        number: Number.nullish(),
        webhook: WebhookFields.nullish(),
        integration: z.enum(['WHATSAPP-BAILEYS', '']).nullish(),
        ...ProxyFields,
        ...SettingFields,
      }),
      example: { instanceName: 'support', integration: 'WHATSAPP-BAILEYS' },
    },
    responses: { 201: json('The instance.', Created) },
    run: async ({ body }, c) => {
      const { instanceName: name, mode, qrcode, number } = body;
      const webhook = body.webhook?.url == null || body.webhook.url === '' ? null : body.webhook;
      if (webhook !== null) await checkWebhook(c, webhook, { isNew: true });
      const made = await makeSession(c, { name, mode }, 'instance', proxyIn(body));
      const changes = changesOf(c, body);
      if (Object.keys(changes).length > 0)
        await update.call(c, { params: { id: made.id }, body: changes, called: SETTINGS_CALLED });
      if (webhook !== null) await setWebhook(c, made.id, webhook);
      const session = Ours.parse(await readSession({ ctx: c.get('ctx'), input: { id: made.id } }));
      const hash = await tokenOf(c, session);
      const code = qrcode === true ? await firstCodeOf(c, made.id, number ?? undefined) : NONE;
      c.header('cache-control', 'no-store');
      const instance = {
        instanceName: session.name,
        instanceId: session.id,
        integration: 'WHATSAPP-BAILEYS',
        webhookWaBusiness: null,
        accessTokenWaBusiness: '',
        status: evolutionState(session.status),
      };
      const settings = settingsOf(session);
      return c.json(
        { instance, hash, webhook: createdWith(webhook), ...NOT_THERE, settings, qrcode: code },
        201,
      );
    },
  }),
  alias({
    id: 'evolutionConnect',
    method: 'get',
    path: `${BASE}/instance/connect/{instance}`,
    summary: 'Get the code to link an instance',
    description:
      'Starts an instance that is stopped, and waits up to 30 seconds for its code; with `number` for the code to type. One that is linked has none: the answer is its state.',
    calls: [getQr, start, pairingCode],
    params: Instance,
    query: z.object({ number: z.string().max(200).optional() }),
    responses: { 200: json('The code, or the state.', CodeOrState) },
    run: async ({ ctx, params: { instance }, query: { number } }, c) => {
      const session = await readSession({ ctx, input: { id: instance } });
      if (session.status === 'online') return c.json(stateOf(session));
      if (evolutionState(session.status) === 'close')
        await start.call(c, { params: { id: session.id } });
      c.header('cache-control', 'no-store');
      return c.json(await codeOf(c, session.id, number));
    },
  }),
  alias({
    id: 'evolutionState',
    method: 'get',
    path: `${BASE}/instance/connectionState/{instance}`,
    summary: 'Get the state of an instance',
    calls: [status],
    params: Instance,
    responses: { 200: json('Its state.', State) },
    run: async ({ params: { instance } }, c) => {
      const own = await status.call(c, { params: { id: instance } });
      return c.json(stateOf((await answerOf(own, ShownSession)).data));
    },
  }),
  alias({
    id: 'evolutionFetchInstances',
    method: 'get',
    path: `${BASE}/instance/fetchInstances`,
    summary: 'List the instances, newest first',
    calls: [list, getSession],
    query: z.object({
      instanceName: z.string().max(100).optional(),
      instanceId: z.string().max(100).optional(),
    }),
    responses: { 200: json('Up to 1,000 instances.', z.array(FoundInstance)) },
    run: async ({ query: { instanceName, instanceId } }, c) => {
      const named = instanceName ?? instanceId;
      if (named === undefined)
        return c.json((await wholeList(c, list, Ours)).map((one) => showInstance(one)));
      const own = await getSession.call(c, { params: { id: named } });
      return c.json([showInstance((await answerOf(own, Ours)).data)]);
    },
  }),
  alias({
    id: 'evolutionRestart',
    method: 'post',
    path: `${BASE}/instance/restart/{instance}`,
    summary: 'Restart an instance',
    calls: [restart],
    params: Instance,
    responses: { 200: json('Its state.', State) },
    run: async ({ params: { instance } }, c) =>
      c.json(stateOf(await answered(c, await restart.call(c, { params: { id: instance } })))),
  }),
  ...commands,
];
