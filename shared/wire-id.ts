import { toHex } from './hex.ts';

/**
 * The id a message carries on WhatsApp's wire: `3EB0` + 18 upper-case hex digits of HMAC-SHA-256(session key, message id).
 * Derived and not random, so that whoever takes a session over can look up whether a message already left.
 * @param sessionKey hex, as the edge hands it out with the session's lease
 */
export async function deriveWireId(sessionKey: string, messageId: string): Promise<string> {
  const raw = Uint8Array.from(sessionKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(messageId));
  return `3EB0${toHex(new Uint8Array(mac)).slice(0, 18).toUpperCase()}`;
}
