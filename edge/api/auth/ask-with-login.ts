import type { Context } from 'hono';
import type { AppEnv } from '../../context.ts';
import { readSessionCookie } from '../../identity/session-cookie.ts';
import { type Login, readLogin } from '../../services/identity/read-login.ts';
import { askIdentity, type IdentityRequest } from './ask-identity.ts';

/** Whose login the request's cookie is; null for none, one that is over, and a disabled user's. */
export async function loginOf(c: Context<AppEnv>): Promise<Login | null> {
  const services = c.get('services');
  const sessionToken = await readSessionCookie(c, services.env);
  return typeof sessionToken === 'string' ? readLogin({ services, sessionToken }) : null;
}

/** `askIdentity` for what only somebody who is signed in may ask; null when nobody is. */
export async function askWithLogin(
  c: Context<AppEnv>,
  request: IdentityRequest,
): Promise<Response | null> {
  return (await loginOf(c)) === null ? null : askIdentity(c, request);
}
