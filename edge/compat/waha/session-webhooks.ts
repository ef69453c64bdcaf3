import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CustomHeaders } from '../../api/webhooks/custom-headers.ts';
import type { AppEnv } from '../../context.ts';
import type { CompatWebhookView } from '../../services/webhooks/read-compat-webhooks.ts';
import {
  type CompatWebhookInput,
  setCompatWebhooks,
} from '../../services/webhooks/set-compat-webhooks.ts';
import { partsOf, readWahaEvents, typesOf } from '../../values/waha/event-names.ts';
import { OWN_RETRIES, RETRY_PRESETS } from '../../webhooks/retry-schedule.ts';
import { reportIgnored } from '../alias.ts';

const MOST_RETRIES = 20;

const Retries = z.object({
  policy: z.enum(['constant', 'linear', 'exponential']).nullish(),
  delaySeconds: z.number().int().min(1).max(OWN_RETRIES.longestSeconds).nullish(),
  attempts: z.number().int().min(0).max(MOST_RETRIES).nullish(),
});

const byName = (headers: readonly { name: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));

/** A webhook of a session, as WAHA's clients write it. */
export const SessionWebhook = z
  .object({
    url: z.string().max(2_048),
    events: z.array(z.string().max(100)).max(100),
    hmac: z
      .object({ key: z.string().max(1_000).nullish() })
      .nullish()
      .openapi({
        description:
          '`key` signs each webhook, as HMAC-SHA-512 of the body. It is not shown again.',
      }),
    retries: Retries.nullish().openapi({
      description: `Without them, Waypost’s own schedule: 7 retries in 32 hours. At most ${MOST_RETRIES}.`,
    }),
    customHeaders: z
      .array(z.object({ name: z.string().max(100), value: z.string().max(2_000) }))
      .max(20)
      .superRefine((headers, context) => {
        const { error } = CustomHeaders.safeParse(byName(headers));
        for (const { message } of error?.issues ?? [])
          context.addIssue({ code: 'custom', message });
      })
      .nullish(),
  })
  .openapi({ 'x-component': 'WahaWebhook' });
type SessionWebhook = z.output<typeof SessionWebhook>;

/** Makes these the webhooks of a session. @throws AppError as `setCompatWebhooks` */
export async function setWebhooks(
  c: Context<AppEnv>,
  sessionId: string,
  webhooks: readonly SessionWebhook[],
): Promise<void> {
  const unknown = webhooks.flatMap(({ events }) => readWahaEvents(events).unknown);
  reportIgnored(
    c,
    unknown.map((name) => `config.webhooks.events:${name}`),
  );
  const input = {
    sessionId,
    system: 'waha' as const,
    webhooks: webhooks.flatMap((one) => endpointsOf(one)),
  };
  await setCompatWebhooks({ ctx: c.get('ctx'), input });
}

/** How many endpoints of ours these are: those to one URL are one. */
export const endpointCount = (webhooks: readonly SessionWebhook[]): number =>
  new Set(
    webhooks.flatMap(endpointsOf).map(({ url, compat }) => JSON.stringify([url, compat.part])),
  ).size;

function endpointsOf({
  url,
  events: written,
  hmac,
  retries,
  customHeaders,
}: SessionWebhook): CompatWebhookInput[] {
  const { events } = readWahaEvents(written);
  const key = hmac?.key ?? null;
  const asked = retries == null ? null : completed(retries);
  const headers = byName(customHeaders ?? []);
  const isSigned = key !== null && key !== '';
  return partsOf(events).map(({ part, events: own }) => ({
    url,
    eventTypes: typesOf(own),
    headers,
    key: isSigned ? key : null,
    retryDelays: asked === null ? RETRY_PRESETS.standard : delaysOf(asked),
    compat: {
      system: 'waha',
      events: own,
      part,
      isSigned,
      ...(asked !== null && { retries: asked }),
    },
  }));
}

type Asked = Exclude<CompatWebhookInput['compat']['retries'], undefined>;

const completed = ({ policy, delaySeconds, attempts }: z.output<typeof Retries>): Asked => ({
  policy: policy ?? 'constant',
  delaySeconds: delaySeconds ?? 2,
  attempts: attempts ?? 15,
});

/** Seconds before each retry, by the policy. None is longer than a day, and all together than our own longest schedule. */
export function delaysOf({ policy, delaySeconds, attempts }: Asked): number[] {
  const delays: number[] = [];
  let left: number = OWN_RETRIES.totalSeconds;
  for (let n = 0; n < attempts; n += 1) {
    const factor = { constant: 1, linear: n + 1, exponential: 2 ** n }[policy];
    const delay = Math.min(delaySeconds * factor, OWN_RETRIES.longestSeconds);
    left -= delay;
    if (left < 0) break;
    delays.push(delay);
  }
  return delays;
}

/** The webhooks as they were given: the two endpoints of one are one again. The key is never shown. */
export function shownWebhooks(endpoints: readonly CompatWebhookView[]) {
  const byUrl = Map.groupBy(endpoints, ({ url }) => url);
  return [...byUrl].map(([url, parts]) => {
    const [first] = parts;
    return {
      url,
      events: parts.flatMap(({ compat }) => compat.events),
      hmac: first?.compat.isSigned === true ? { key: '***' } : null,
      retries: first?.compat.retries ?? null,
      customHeaders: Object.entries(first?.headers ?? {}).map(([name, value]) => ({ name, value })),
    };
  });
}
