import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { SessionLookup } from '../../api/name-fields.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import type { CompatSettings } from '../../db/schema/sessions.ts';
import { readCompatSettings } from '../../services/sessions/compat-settings.ts';
import {
  type CompatWebhookView,
  readCompatWebhooks,
} from '../../services/webhooks/read-compat-webhooks.ts';
import { getSessionStatus } from '../../services/sessions/get-session-status.ts';
import { ownChat } from '../../values/waha/ids.ts';
import { WAHA_STATES, wahaState } from '../../values/waha/states.ts';
import { operationOf } from '../alias.ts';
import { ShownSession } from '../shown-session.ts';
import { shownWebhooks } from './session-webhooks.ts';

export const getSession = operationOf(sessions, 'getSession');

/** Where WAHA answers nothing of interest. */
export const Nothing = z.object({}).openapi('WahaNothing', { example: {} });

export const Session = z.object({
  session: SessionLookup.openapi({
    param: { name: 'session', in: 'path' },
    description: 'Name or id of the session.',
    example: 'default',
  }),
});

/** A session of ours, as far as WAHA shows it. */
export const Ours = ShownSession.extend({
  displayName: z.string().nullable(),
  includeStatus: z.boolean(),
  includeChannels: z.boolean(),
});
type Ours = z.output<typeof Ours>;

export const WahaMe = z
  .object({ id: z.string(), pushName: z.string().nullable() })
  .openapi('WahaMe', { example: { id: '15550100001@c.us', pushName: 'Support' } });

const ShownWebhook = z.object({
  url: z.string(),
  events: z.array(z.string()),
  hmac: z.union([z.object({ key: z.string() }), z.null()]).describe('The key is masked.'),
  retries: z.union([z.looseObject({ policy: z.string() }), z.null()]),
  customHeaders: z.array(z.object({ name: z.string(), value: z.string() })),
});

export const MyAccount = z.union([WahaMe, z.null()]).openapi('WahaMyAccount', {
  example: { id: '15550100001@c.us', pushName: 'Support' },
});

export const WahaSession = z
  .object({
    name: z.string(),
    status: z.enum(WAHA_STATES),
    config: z.object({
      metadata: z.record(z.string(), z.string()),
      ignore: z.object({ status: z.boolean(), channels: z.boolean() }),
      webhooks: z.array(ShownWebhook),
    }),
    me: z.union([WahaMe, z.null()]),
    engine: z.object({ engine: z.literal('WEBJS') }),
  })
  .openapi('WahaSession', {
    example: {
      name: 'default',
      status: 'WORKING',
      config: {
        metadata: { 'user.id': '123' },
        ignore: { status: true, channels: true },
        webhooks: [],
      },
      me: { id: '15550100001@c.us', pushName: 'Support' },
      engine: { engine: 'WEBJS' },
    },
  });

export function meOf({ phoneNumber, displayName }: Pick<Ours, 'phoneNumber' | 'displayName'>) {
  const id = ownChat(phoneNumber);
  return id === null ? null : { id, pushName: displayName };
}

const show = (
  session: Ours,
  settings: CompatSettings,
  webhooks: readonly CompatWebhookView[],
): z.input<typeof WahaSession> => ({
  name: session.name,
  status: wahaState(session.status),
  config: {
    metadata: settings.metadata ?? {},
    ignore: { status: !session.includeStatus, channels: !session.includeChannels },
    webhooks: shownWebhooks(webhooks),
  },
  me: meOf(session),
  engine: { engine: 'WEBJS' },
});

export async function showSessions(c: Context<AppEnv>, all: readonly Ours[]) {
  const input = { ids: all.map(({ id }) => id) };
  const ctx = c.get('ctx');
  const [settings, webhooks] = await Promise.all([
    readCompatSettings({ ctx, input }),
    readCompatWebhooks({ ctx, input: { ...input, system: 'waha' } }),
  ]);
  return all.map((one) => {
    const own = webhooks.filter(({ sessionId }) => sessionId === one.id);
    return show(one, settings.get(one.id) ?? {}, own);
  });
}

/** One session; of one that waits for somebody, also what for. */
export async function showSession(c: Context<AppEnv>, session: Ours) {
  const [shown] = await showSessions(c, [session]);
  if (session.status !== 'action_required') return shown;
  const { status, action } = await getSessionStatus({
    ctx: c.get('ctx'),
    input: { id: session.id },
  });
  return { ...shown, status: wahaState(status, action?.action ?? null) };
}

/** What a caller means who may leave the session out, as WAHA's do. */
export const namedSession = async (
  c: Context<AppEnv>,
  written: string | undefined,
): Promise<string> =>
  written ?? (await getSessionStatus({ ctx: c.get('ctx'), input: { id: null } })).id;
