import type { EdgeEnv } from '../env.ts';
import { homeUrl } from './verification-link.ts';

type Places = Pick<EdgeEnv, 'BASE_URL' | 'FRONTEND_URL' | 'CORS_ORIGINS'>;

/** Origins that a sign-in may end at: our own, the frontend's, and those that may call the API from a browser. */
export const trustedOrigins = ({ BASE_URL, FRONTEND_URL, CORS_ORIGINS }: Places): string[] =>
  [BASE_URL, ...(FRONTEND_URL === undefined ? [] : [FRONTEND_URL])]
    .map((url) => new URL(url).origin)
    .concat(CORS_ORIGINS);

/**
 * Where to send a browser on to: always an absolute URL, since `/..//evil.example` and `//evil.example` are paths to one
 * parser and hosts to another. An address of any other origin leads home.
 */
export function returnUrl(address: string, env: Places): string {
  if (!URL.canParse(address, env.BASE_URL)) return homeUrl(env);
  const url = new URL(address, env.BASE_URL);
  return trustedOrigins(env).includes(url.origin) ? url.href : homeUrl(env);
}
