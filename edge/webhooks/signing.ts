import { fromBase64, toBase64 } from '../../shared/base64.ts';
import { toHex } from '../../shared/hex.ts';

const encoder = new TextEncoder();

/** The headers that prove a webhook is ours. */
export type WebhookSignatureHeaders = {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
  'x-signature': string;
};

/** A fresh endpoint secret: `whsec_` + base64 of 32 random bytes, as Standard Webhooks wants it. */
export function newWebhookSecret(): string {
  return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`;
}

/**
 * Signs one attempt, in both of the ways that receivers know; every live secret signs, the current one first.
 * `webhook-signature`: Standard Webhooks 1.0, HMAC-SHA-256 with the secret's decoded bytes over `id.timestamp.body`.
 * `X-Signature: t=…,v1=…`: hex HMAC-SHA-256 with the secret's text, `whsec_` included, over `timestamp.body`.
 * @param timestamp unix seconds of this attempt: receivers refuse what is more than 5 minutes old
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function signWebhook(input: {
  secrets: readonly string[];
  eventId: string;
  timestamp: number;
  body: string;
}): Promise<WebhookSignatureHeaders> {
  const { secrets, eventId, timestamp, body } = input;
  const standard = await Promise.all(
    secrets.map((secret) => hmac(decodeSecret(secret), `${eventId}.${timestamp}.${body}`)),
  );
  const plain = await Promise.all(
    secrets.map((secret) => hmac(encoder.encode(secret), `${timestamp}.${body}`)),
  );
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard.map((mac) => `v1,${toBase64(mac)}`).join(' '),
    'x-signature': [`t=${timestamp}`, ...plain.map((mac) => `v1=${toHex(mac)}`)].join(','),
  };
}

async function hmac(secret: Uint8Array, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey(
    'raw',
    Uint8Array.from(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
}

const decodeSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  fromBase64(secret.replace(/^whsec_/, ''));
