import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CustomHeaders } from '../../api/webhooks/custom-headers.ts';
import type { AppEnv } from '../../context.ts';
import { holdsScope } from '../../services/keys/require-scope.ts';
import { readCompatWebhooks } from '../../services/webhooks/read-compat-webhooks.ts';
import { checkWebhooks, setCompatWebhooks } from '../../services/webhooks/set-compat-webhooks.ts';
import {
  chosenName,
  type EvolutionEventName,
  EVOLUTION_EVENTS,
  partsOf,
  readEvolutionEvents,
  typesOf,
} from '../../values/evolution/event-names.ts';
import { RETRY_PRESETS } from '../../webhooks/retry-schedule.ts';
import { reportIgnored } from '../alias.ts';

const flag = z.boolean().nullish();

/** A webhook of an instance, as Evolution's clients write it. */
export const WebhookFields = z.object({
  enabled: z.boolean().nullish().openapi({ description: '`false` removes it.' }),
  url: z.string().max(2_048).nullish(),
  headers: z
    .record(z.string().max(100), z.string().max(2_000))
    .superRefine((headers, context) => {
      const { error } = CustomHeaders.safeParse(lower(headers));
      for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message });
    })
    .nullish()
    .openapi({
      description:
        'Sent with each webhook. `jwt_key` is not: it signs a token in `Authorization`, and is not shown again.',
    }),
  byEvents: flag.openapi({ description: 'Each event has an address of its own below `url`.' }),
  base64: flag.openapi({ description: 'A file of up to 4 MB is in the webhook, as base64.' }),
  webhookByEvents: flag,
  webhookBase64: flag,
  events: z.array(z.string().max(100)).max(100).nullish().openapi({
    description: 'Without them, or with an empty list, all.',
  }),
});
type WebhookFields = z.output<typeof WebhookFields>;

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * Refuses what would be refused later, so that nothing is half done.
 * @param of.isNew of an instance that is about to be made, which has no webhook to replace
 * @throws AppError VALIDATION_ERROR without a URL or for one that may not be called, FORBIDDEN without the scope for
 *   webhooks, LIMIT_EXCEEDED
 */
export async function checkWebhook(
  c: Context<AppEnv>,
  said: WebhookFields,
  { field = 'webhook.url', isNew = false }: { field?: string; isNew?: boolean } = {},
): Promise<void> {
  const urls = isOn(said) ? [said.url ?? ''] : [];
  const { events } = readEvolutionEvents(said.events ?? []);
  const added = isNew && isOn(said) ? partsOf(events).length : 0;
  await checkWebhooks({ ctx: c.get('ctx'), input: { urls, field, added } });
}

const isOn = ({ enabled }: WebhookFields): boolean => enabled !== false;

/** Makes this the webhook of an instance, which `checkWebhook` has passed. @throws AppError as `setCompatWebhooks` */
export async function setWebhook(
  c: Context<AppEnv>,
  sessionId: string,
  said: WebhookFields,
): Promise<void> {
  const ctx = c.get('ctx');
  const { events, unknown } = readEvolutionEvents(said.events ?? []);
  reportIgnored(
    c,
    unknown.map((name) => `webhook.events:${name}`),
  );
  const webhooks = isOn(said) ? endpointsOf(said, events) : [];
  const mayRead = holdsScope(ctx, 'sessions:write');
  const input = {
    sessionId,
    system: 'evolution' as const,
    webhooks: webhooks.map((one) => ({ ...one, includeCodes: one.includeCodes && mayRead })),
  };
  await setCompatWebhooks({ ctx, input });
}

/** A webhook is up to three endpoints of ours: see `partsOf`. */
function endpointsOf(said: WebhookFields, all: readonly EvolutionEventName[]) {
  const { jwt_key: key = '', ...headers } = said.headers ?? {};
  return partsOf(all).map(({ part, events }) => ({
    url: said.url ?? '',
    eventTypes: typesOf(events),
    headers: lower(headers),
    key: key === '' ? null : key,
    retryDelays: RETRY_PRESETS.standard,
    includeCodes: events.includes('qrcode.updated'),
    compat: {
      system: 'evolution' as const,
      events,
      part,
      isSigned: key !== '',
      byEvents: isByEvents(said),
      base64: hasFiles(said),
    },
  }));
}

/** The webhook as it was given: its endpoints are one again. Null where there is none. */
export async function shownWebhook(c: Context<AppEnv>, sessionId: string) {
  const input = { ids: [sessionId], system: 'evolution' as const };
  const parts = await readCompatWebhooks({ ctx: c.get('ctx'), input });
  const [first] = parts;
  if (first === undefined) return null;
  const named = new Set(parts.flatMap(({ compat }) => compat.events));
  return {
    enabled: true,
    url: first.url,
    headers: { ...first.headers, ...(first.compat.isSigned && { jwt_key: '***' }) },
    webhookByEvents: first.compat.byEvents === true,
    webhookBase64: first.compat.base64 === true,
    events: EVOLUTION_EVENTS.filter((name) => named.has(name)).map((name) => chosenName(name)),
    instanceId: sessionId,
  };
}

/** How `instance/create` shows the webhook that it was given. */
export const createdWith = (said: WebhookFields | null | undefined) =>
  said == null
    ? {}
    : {
        webhookUrl: said.url ?? '',
        webhookHeaders: shownHeaders(said.headers ?? {}),
        webhookByEvents: isByEvents(said),
        webhookBase64: hasFiles(said),
      };

const isByEvents = (said: WebhookFields): boolean =>
  (said.byEvents ?? said.webhookByEvents) === true;
const hasFiles = (said: WebhookFields): boolean => (said.base64 ?? said.webhookBase64) === true;
const shownHeaders = ({ jwt_key: key, ...headers }: Readonly<Record<string, string>>) => ({
  ...lower(headers),
  ...(key !== undefined && { jwt_key: '***' }),
});
