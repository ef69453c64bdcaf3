import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import { verifyRequest } from '../../shared/signing/signed-request.ts';
import type { AppEnv, Services } from '../context.ts';
import type { EdgeEnv } from '../env.ts';
import { createNonceMemory, LocalNonces, type NonceMemory } from '../runners/nonces.ts';

/** What the signature of a runner must name as its audience. */
const AUDIENCE = 'edge';

/**
 * Lets a request pass that a runner signed for the edge, once. The signature proves that it is one of our runners; which
 * one it is, and whether it owns the session, is for the epoch in the body to say.
 * @throws AppError UNAUTHORIZED whose `details.reason` says what was wrong with the signature
 */
export const authenticateRunner = () => {
  const fallback = new LocalNonces();
  const memories = new WeakMap<EdgeEnv, NonceMemory>();
  const memoryFor = ({ env, log }: Services): NonceMemory => {
    const memory = memories.get(env) ?? createNonceMemory({ env, fallback, log });
    memories.set(env, memory);
    return memory;
  };
  return createMiddleware<AppEnv>(async (c, next) => {
    const services = c.get('services');
    const { env } = services;
    const nonces = memoryFor(services);
    const verdict = await verifyRequest({
      request: { method: c.req.method, url: c.req.url, headers: c.req.raw.headers },
      body: await c.req.text(),
      keys: env.RUNNER_TO_EDGE_KEYS,
      audience: AUDIENCE,
      rememberNonce: (nonce, expiresAtSeconds) => nonces.remember(nonce, expiresAtSeconds),
    });
    if (!verdict.ok)
      throw new AppError('UNAUTHORIZED', 'This route accepts only requests signed by a runner.', {
        reason: verdict.reason,
        // So that a runner can tell by how much its clock is wrong.
        ...(verdict.reason === 'expired' && { now: Math.floor(Date.now() / 1_000) }),
      });
    await next();
  });
};
