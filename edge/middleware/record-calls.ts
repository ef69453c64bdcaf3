import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { auditActor } from '../services/audit/audit-actor.ts';
import type { AuditMessage } from '../services/audit/audit-message.ts';
import { newCall, type Operation } from '../http/operations.ts';
import type { AppEnv } from '../context.ts';
import { answeringRoute } from '../http/answering-route.ts';
import { callerAddress } from '../http/caller-address.ts';
import { describeError } from '../log/describe-error.ts';

/**
 * One audit row for each request: what was not written by the request's own statement goes to the queue, after the
 * answer and as well as may be. What a rate limit refused is left out: a flood must not fill the log.
 */
export const recordCalls = (operations: () => ReadonlyMap<string, Operation>) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const matched = answeringRoute(c);
    const pattern = matched?.path ?? null;
    const operation = operations().get(`${matched?.method} ${pattern}`);
    const { method } = c.req;
    c.set('call', newCall(c.get('requestId'), { method, pattern }, operation));
    await next();
    if (!isToBeQueued(c)) return;
    const services = c.get('services');
    const { log, env } = services;
    const message = messageOf(c);
    const send = async (): Promise<void> => {
      try {
        await env.AUDIT_QUEUE.send(message);
      } catch (error) {
        const { requestId, action, status } = message;
        log({ event: 'audit_row_lost', requestId, action, status, ...describeError(error) });
      }
    };
    services.waitUntil(send());
  });

function isToBeQueued(c: Context<AppEnv>): boolean {
  const errorCode = c.get('errorCode');
  if (errorCode === 'RATE_LIMITED') return false;
  // A stranger's page of another origin is refused before anything counts it.
  const ctx: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  if (ctx === undefined && errorCode === 'FORBIDDEN') return false;
  return !(c.get('call').inStatement && c.res.ok);
}

function messageOf(c: Context<AppEnv>): AuditMessage {
  const { now, env } = c.get('services');
  const { id, operationId, method, route } = c.get('call');
  // Set once a signature was verified, so that a revoked key's use is seen by its workspace.
  const ctx: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  return {
    id,
    at: new Date(now()).toISOString(),
    workspaceId: ctx?.workspaceId ?? null,
    ...auditActor(ctx?.actor),
    action: operationId,
    method,
    route,
    status: c.res.status,
    errorCode: c.get('errorCode') ?? null,
    requestId: c.get('requestId'),
    address: callerAddress(c.req.raw.headers, env.CLIENT_IP_HEADER),
  };
}
