import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EdgeEnv } from '../env.ts';
import { publicUrl } from '../values/public-url.ts';

type LinkEnv = Pick<EdgeEnv, 'BASE_URL' | 'USER_TOKEN_SIGNING_KEY'>;

/** What follows the base URL in a link to a file. */
export const FILES_PATH = '/files/';

/** A link that anyone may read a file by until it expires, or until the file is gone. No I/O. @param expiresAt in Unix s */
export function linkTo(env: LinkEnv, id: string, expiresAt: number): string {
  const signature = sign(env, id, String(expiresAt)).toString('base64url');
  const query = `expires=${expiresAt}&signature=${signature}`;
  return publicUrl(env, `${FILES_PATH}${id}?${query}`);
}

/** A link with its end, as the API shows both. @param expiresAt in Unix s */
export const shownLink = (env: LinkEnv, id: string, expiresAt: number) => ({
  url: linkTo(env, id, expiresAt),
  expiresAt: new Date(expiresAt * 1000).toISOString(),
});

/** Whether we made a link, and it has not expired. @param now Unix ms */
export function isGoodLink(
  env: LinkEnv,
  { id, expires, signature }: { id: string; expires: string; signature: string },
  now: number,
): boolean {
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(env, id, expires);
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  return isOurs && Number(expires) * 1000 > now;
}

/** No user token is signed over such a text. */
const sign = ({ USER_TOKEN_SIGNING_KEY: key }: LinkEnv, id: string, expires: string): Buffer =>
  createHmac('sha256', Buffer.from(key, 'hex')).update(`file:${id}:${expires}`).digest();
