import { createHash, timingSafeEqual } from 'node:crypto';
import { fromBase64 } from '../../shared/base64.ts';
import type { EdgeEnv } from '../env.ts';

/** Whether a header `Authorization` has the administration's name and password, as HTTP Basic (RFC 7617); in constant time. */
export function isAdminPassword(
  env: Pick<EdgeEnv, 'ADMIN_USERNAME' | 'ADMIN_PASSWORD'>,
  authorization: string,
): boolean {
  const written = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1];
  if (env.ADMIN_PASSWORD === undefined || written === undefined) return false;
  const expected = new TextEncoder().encode(`${env.ADMIN_USERNAME}:${env.ADMIN_PASSWORD}`);
  return timingSafeEqual(digest(fromBase64(written)), digest(expected));
}

const digest = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
