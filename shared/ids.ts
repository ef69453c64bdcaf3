const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** Every prefix in the product, in one table: the part before `_` says what an id names. */
export const ID_PREFIXES = {
  workspace: 'wks',
  session: 'ses',
  message: 'msg',
  event: 'evt',
  webhook: 'whk',
  delivery: 'dlv',
  media: 'med',
  key: 'key',
  user: 'usr',
  authSession: 'aus',
  authAccount: 'aac',
  authVerification: 'avr',
  invitation: 'inv',
  optOut: 'opt',
  lead: 'led',
  bulk: 'blk',
  erasure: 'ers',
  audit: 'aud',
  request: 'req',
  command: 'cmd',
  machine: 'mch',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

function encodeTime(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (let position = 0; position < 10; position += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += CROCKFORD.charAt(byte & 31);
  return text;
}

/**
 * A prefixed, time-ordered id: `msg_` + 10 characters of milliseconds + 16 random ones (80 bits), in Crockford's
 * base32, lower case. Sorting by id sorts by creation time.
 * @see https://github.com/ulid/spec
 */
export function newId(kind: IdKind, now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `${ID_PREFIXES[kind]}_${encodeTime(now)}${encodeBytes(random)}`;
}

/** True for a well-formed id of this kind; says nothing about whether the row exists. */
export function isId(kind: IdKind, value: string): boolean {
  return new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`).test(value);
}

/**
 * The id of an event that states a fact, the same however often and by whomever the fact is reported:
 * `evt_` + 26 characters of SHA-256 over the parts. Parts are length-prefixed, so that no two lists collide.
 */
export async function factEventId(parts: readonly string[]): Promise<string> {
  const text = parts.map((part) => `${part.length}:${part}`).join('|');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `${ID_PREFIXES.event}_${encodeBytes(new Uint8Array(digest).subarray(0, 26))}`;
}
