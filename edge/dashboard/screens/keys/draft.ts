import { localTime } from '../../components/local-time.ts';
import type { ApiKey } from './key.ts';

/** A key as the form holds it: empty texts are no limit. */
export type Draft = {
  name: string;
  mode: ApiKey['mode'];
  scopes: readonly string[];
  sessionId: string;
  /** In the time of this browser. */
  expires: string;
  /** One a line. */
  addresses: string;
  perMinute: string;
};

export const NEW: Draft = {
  name: '',
  mode: 'live',
  scopes: ['messages:send', 'messages:read'],
  sessionId: '',
  expires: '',
  addresses: '',
  perMinute: '',
};

export const draftOf = (key: ApiKey): Draft => ({
  name: key.name,
  mode: key.mode,
  scopes: key.scopes,
  sessionId: key.sessionId ?? '',
  expires: key.expiresAt === null ? '' : localTime(Date.parse(key.expiresAt)),
  addresses: key.allowedIps?.join('\n') ?? '',
  perMinute: String(key.perMinute),
});

/** What the API is asked for; what it takes exception to stands at its field. Pure. */
export function bodyOf({ name, scopes, sessionId, expires, addresses, perMinute }: Draft) {
  const ips = addresses.split(/[\s,]+/).filter((address) => address !== '');
  return {
    name,
    scopes: [...scopes],
    sessionId: sessionId === '' ? null : sessionId,
    expiresAt: expires === '' ? null : new Date(expires).toISOString(),
    allowedIps: ips.length === 0 ? null : ips,
    perMinute: perMinute.trim() === '' ? null : Number(perMinute),
  };
}

type Body = ReturnType<typeof bodyOf>;

/** What a change of the form changes of the key: what was left alone is not sent, and so not judged anew. Pure. */
export function changesOf(key: ApiKey, draft: Draft): Partial<Body> {
  const before = bodyOf(draftOf(key));
  const { name, scopes, sessionId, expiresAt, allowedIps, perMinute } = bodyOf(draft);
  const isOther = (field: keyof Body, value: unknown): boolean =>
    JSON.stringify(value) !== JSON.stringify(before[field]);
  return {
    ...(isOther('name', name) && { name }),
    ...(isOther('scopes', scopes) && { scopes }),
    ...(isOther('sessionId', sessionId) && { sessionId }),
    ...(isOther('expiresAt', expiresAt) && { expiresAt }),
    ...(isOther('allowedIps', allowedIps) && { allowedIps }),
    ...(isOther('perMinute', perMinute) && { perMinute }),
  };
}
