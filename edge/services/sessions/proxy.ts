import { z } from 'zod';
import { fromBase64, toBase64 } from '../../../shared/base64.ts';
import { AppError } from '../../../shared/errors.ts';
import { fromHex } from '../../../shared/hex.ts';
import { SessionProxy } from '../../../shared/protocol/leases.ts';
import type { ServiceContext, Services } from '../../context.ts';
import type { EncryptionKeys } from '../../values/master-keys.ts';

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:']);
const IV_BYTES = 12;
/** Keeps this use of the master key apart from every other. */
const LABEL = 'waypost session proxy';

type Facts = { workspaceId: string; sessionId: string };

/**
 * The columns of a session's proxy: sealed, and as it may be shown. Both null for none.
 * @throws AppError VALIDATION_ERROR for one that may not be used
 */
export async function proxyColumns(
  ctx: ServiceContext,
  { sessionId, proxy }: { sessionId: string; proxy: SessionProxy | null },
): Promise<{ sealed: string | null; shown: string | null }> {
  if (proxy === null) return { sealed: null, shown: null };
  await requireUsable(ctx, proxy);
  const facts = { workspaceId: ctx.workspaceId, sessionId };
  const sealed = await sealProxy(proxy, facts, ctx.env.SESSION_ENCRYPTION_KEY);
  return { sealed, shown: maskProxy(proxy) };
}

/** `http://user:***@host:8080`; the name is shortened, since some providers put a password into it. */
export function maskProxy({ url, username }: SessionProxy): string {
  const { protocol, host } = new URL(url);
  const who = username === undefined ? '' : `${username.slice(0, 2)}***:***@`;
  return `${protocol}//${who}${host}`;
}

/** The same rules as for a webhook's host; the port is free, since proxies listen anywhere. */
async function requireUsable(ctx: ServiceContext, { url }: SessionProxy): Promise<void> {
  const reason = await reasonAgainst(ctx, url);
  if (reason === null) return;
  throw new AppError('VALIDATION_ERROR', `body.proxy.url: ${reason}`, {
    fields: [{ in: 'body', field: 'proxy.url', message: reason }],
  });
}

async function reasonAgainst({ egress }: ServiceContext, text: string): Promise<string | null> {
  const url = new URL(text);
  if (!SCHEMES.has(url.protocol)) return 'a proxy is http://, https:// or socks5://';
  if (url.username !== '' || url.password !== '')
    return 'put user name and password into their own fields';
  if (url.pathname.length > 1 || url.search !== '') return 'a proxy has no path';
  // A private place that a self-hoster names has its port in the list.
  if ((await egress.check(`http://${url.host}/`)) === null) return null;
  return egress.check(`https://${url.hostname}/`);
}

/** `<master key's version>:<base64 of nonce, ciphertext and tag>`. */
export async function sealProxy(
  proxy: SessionProxy,
  facts: Facts,
  keys: EncryptionKeys,
): Promise<string> {
  const [newest] = keys;
  if (newest === undefined) throw new Error('no master key');
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    algorithm(iv, facts),
    await deriveKey(newest.secret),
    new TextEncoder().encode(JSON.stringify(proxy)),
  );
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), IV_BYTES);
  return `${newest.version}:${toBase64(whole)}`;
}

/** @returns null when it does not open: its master key is gone, or it was sealed for another session */
export async function openProxy(
  sealed: string,
  facts: Facts,
  { env, log }: Pick<Services, 'env' | 'log'>,
): Promise<SessionProxy | null> {
  const [version = '', text = ''] = sealed.split(':');
  const key = env.SESSION_ENCRYPTION_KEY.find((known) => known.version === version);
  try {
    if (key === undefined) throw new Error(`SESSION_ENCRYPTION_KEY has no ${version}`);
    const whole = fromBase64(text);
    const opened = await crypto.subtle.decrypt(
      algorithm(whole.slice(0, IV_BYTES), facts),
      await deriveKey(key.secret),
      whole.slice(IV_BYTES),
    );
    return z
      .string()
      .transform((json) => SessionProxy.parse(JSON.parse(json)))
      .parse(new TextDecoder().decode(opened));
  } catch (error) {
    log({ event: 'proxy_unreadable', sessionId: facts.sessionId, reason: String(error) });
    return null;
  }
}

const algorithm = (iv: Uint8Array<ArrayBuffer>, { workspaceId, sessionId }: Facts) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(JSON.stringify([LABEL, workspaceId, sessionId])),
});

async function deriveKey(secret: string) {
  const master = await crypto.subtle.importKey('raw', fromHex(secret), 'HKDF', false, [
    'deriveKey',
  ]);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: new TextEncoder().encode(LABEL),
    },
    master,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
