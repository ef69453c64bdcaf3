import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import type { AppEnv } from '../../context.ts';
import type { Noted } from '../../log/noted.ts';
import { BODY_LIMIT_BYTES, limitBodyTo } from '../../middleware/accept-body.ts';
import { deliver as deliverVerb, type DeliverResult } from '../../services/deliveries/deliver.ts';
import { DELIVER_PATH, deliverUrl } from '../../webhooks/qstash-clock.ts';

/** `notBefore`: Unix seconds. */
const Body = z.object({ endpointId: z.string(), notBefore: z.number().int().optional() });

/** Lets through what QStash signed for this very URL and body; the URL is the one we publish, not what a proxy made of it. */
const fromQstash = createMiddleware<AppEnv>(async (c, next) => {
  const { webhookClock, env } = c.get('services');
  const signature = c.req.header('upstash-signature');
  const body = await c.req.text();
  const genuine =
    signature !== undefined &&
    (await webhookClock.verify({ signature, body, url: deliverUrl(env) }));
  if (!genuine) throw new AppError('UNAUTHORIZED', 'Only QStash may call this route.');
  await next();
});

/** QStash says that something is due of an endpoint. 2xx ends its message; 503 makes it call again. */
export const deliver = (app: App) =>
  app.post(DELIVER_PATH, limitBodyTo(BODY_LIMIT_BYTES), fromQstash, async (c) => {
    const parsed = Body.safeParse(await c.req.json().catch(() => null));
    if (!parsed.success) throw new AppError('VALIDATION_ERROR');
    const { endpointId, notBefore } = parsed.data;
    const input = {
      endpointId,
      notBefore: notBefore === undefined ? null : new Date(notBefore * 1_000),
    };
    const services = c.get('services');
    const result = await deliverVerb({ services, input });
    Object.assign(services.noted, { endpointId, ...saidOf(result) });
    if (result.kind === 'early') {
      c.header('Retry-After', String(result.retryAfterSeconds));
      return c.json(result, 503);
    }
    return c.json(result);
  });

function saidOf(result: DeliverResult): Noted {
  if (result.kind === 'nothing') return { why: result.why };
  if (result.kind !== 'attempted') return { why: result.kind };
  const { delivered, pending, failed } = result;
  return { delivered, pending, failed };
}
