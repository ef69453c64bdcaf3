import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import { checkWebhooks } from '../../services/webhooks/set-compat-webhooks.ts';
import { saveCompatSettings } from '../../services/sessions/compat-settings.ts';
import { answerOf, operationOf, reportIgnored } from '../alias.ts';
import { Ours } from './session-view.ts';
import { endpointCount, SessionWebhook, setWebhooks } from './session-webhooks.ts';

export const updateSession = operationOf(sessions, 'updateSession');

const Metadata = z
  .record(z.string().max(100), z.string().max(1_000))
  .refine((words) => Object.keys(words).length <= 50, 'takes 50 entries at most')
  .openapi({ description: 'Your own words about the session. Its webhooks carry them.' });

/** What a client says of how a session works. WAHA's other settings are about engines that are not here. */
export const SessionConfig = z.looseObject({
  metadata: Metadata.nullish(),
  proxy: z
    .object({
      server: z.string(),
      username: z.string().nullish(),
      password: z.string().nullish(),
    })
    .nullish(),
  webhooks: z
    .array(SessionWebhook)
    .max(10)
    .refine(
      (all) => new Set(all.map(({ url }) => url)).size === all.length,
      'has a URL twice: give all of its events in one entry',
    )
    .nullish()
    .openapi({
      description: 'What the session has in their place from then on. Left out, they stay.',
    }),
  ignore: z
    .looseObject({ status: z.boolean().nullish(), channels: z.boolean().nullish() })
    .nullish(),
});
export type SessionConfig = z.output<typeof SessionConfig>;

const KNOWN = new Set(Object.keys(SessionConfig.shape));
const KNOWN_IGNORE = new Set(['status', 'channels']);

/**
 * Refuses what would be refused later, so that nothing is half done.
 * @param of.isNew of a session that is about to be made, which has no webhooks to replace
 * @throws AppError VALIDATION_ERROR for a webhook that may not be called, FORBIDDEN without the scope for webhooks,
 *   LIMIT_EXCEEDED
 */
export async function checkConfig(
  c: Context<AppEnv>,
  { webhooks }: SessionConfig,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<void> {
  if (webhooks == null) return;
  const urls = webhooks.map(({ url }) => url);
  const added = isNew ? endpointCount(webhooks) : 0;
  const input = { urls, field: 'config.webhooks.url', added };
  await checkWebhooks({ ctx: c.get('ctx'), input });
}

/**
 * Gives a session its settings, which `checkConfig` has passed. What is left out is the default, as in WAHA, where a configuration is replaced as a whole; of
 * what we keep on our side, it stays as it is.
 */
export async function configure(
  c: Context<AppEnv>,
  id: string,
  config: SessionConfig,
): Promise<z.output<typeof Ours>> {
  reportIgnored(c, [
    ...Object.keys(config).flatMap((name) => (KNOWN.has(name) ? [] : [`config.${name}`])),
    ...Object.keys(config.ignore ?? {}).flatMap((name) =>
      KNOWN_IGNORE.has(name) ? [] : [`config.ignore.${name}`],
    ),
  ]);
  const { status, channels } = config.ignore ?? {};
  const { proxy } = proxyOf(config);
  const body = {
    ...(status != null && { includeStatus: !status }),
    ...(channels != null && { includeChannels: !channels }),
    ...(proxy !== undefined && { proxy }),
  };
  const given = { params: { id }, body, called: CALLED };
  const { data } = await answerOf(await updateSession.call(c, given), Ours);
  const settings = { metadata: config.metadata ?? {} };
  if (config.webhooks != null) await setWebhooks(c, data.id, config.webhooks);
  await saveCompatSettings({ ctx: c.get('ctx'), input: { id: data.id, settings } });
  return data;
}

const CALLED = {
  proxy: 'config.proxy',
  'proxy.url': 'config.proxy.server',
  includeStatus: 'config.ignore.status',
  includeChannels: 'config.ignore.channels',
};

/** The proxy as ours, for a session to begin with. Without one, what was set elsewhere stays. */
export function proxyOf({ proxy }: SessionConfig) {
  if (proxy == null) return {};
  const { server, username, password } = proxy;
  const url = server.includes('://') ? server : `http://${server}`;
  const login = {
    ...(username != null && { username }),
    ...(password != null && { password }),
  };
  return { proxy: { url, ...login }, called: CALLED };
}
