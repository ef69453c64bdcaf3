import { createMiddleware } from 'hono/factory';
import { hashApiKey, verifyApiKey } from '../../shared/api-key.ts';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { callerAddress } from '../http/caller-address.ts';

/** The credential of a request: `Authorization: Bearer <key>`, else `x-api-key`. */
export function readCredential(headers: Headers): string | null {
  const authorization = headers.get('authorization');
  if (authorization !== null) return /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? null;
  return headers.get('x-api-key');
}

/**
 * Verifies the key's signature without I/O and says whose it is. Whether the key is still good is the row's to say: in
 * `require-live-key`, or in the service's own statement on the hot path.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const services = c.get('services');
  const key = readCredential(c.req.raw.headers);
  const claims = key === null ? null : await verifyApiKey(key, services.env.API_KEY_SIGNING_KEY);
  if (key === null || claims === null) throw new AppError('UNAUTHORIZED');
  c.set('ctx', {
    ...services,
    requestId: c.get('requestId'),
    workspaceId: claims.workspaceId,
    callerAddress: callerAddress(c.req.raw.headers, services.env.CLIENT_IP_HEADER),
    actor: {
      type: 'apiKey',
      keyId: claims.keyId,
      keyHash: await hashApiKey(key),
      mode: claims.mode,
      perMinute: claims.perMinute,
      scopes: [],
      sessionId: null,
    },
  });
  await next();
});
