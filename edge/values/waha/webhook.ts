import type { PublicEvent } from '../../../shared/catalogue/events/index.ts';
import { toHex } from '../../../shared/hex.ts';
import { VERSION } from '../../../shared/version.ts';
import { type AboutMessage, type WahaEvent, wahaEvents, type WahaSessionFacts } from './event.ts';
import { markOf } from './event-names.ts';
import { ownChat } from './ids.ts';

/** What a server says of itself, to its clients and in each event. */
export const ENVIRONMENT = {
  version: `waypost-${VERSION}`,
  engine: 'WEBJS',
  tier: 'PLUS',
  browser: null,
} as const;

/** What an event is sent as to a webhook. Null where WAHA reports nothing that is asked for. */
export function wahaFrame(
  event: PublicEvent,
  context: { session: WahaSessionFacts; about: AboutMessage | null },
  wanted: readonly string[],
) {
  return wahaFrames(event, context, wanted)[0] ?? null;
}

/** The same for who can get several. */
export const wahaFrames = (
  event: PublicEvent,
  context: { session: WahaSessionFacts; about: AboutMessage | null },
  wanted: readonly string[],
) =>
  wahaEvents(event, context)
    .filter(([name]) => wanted.includes(name))
    .map((one) => envelope(event, context.session, one));

function envelope(
  { id, timestamp }: PublicEvent,
  { name, phoneNumber, displayName, metadata }: WahaSessionFacts,
  [event, payload]: WahaEvent,
) {
  const me = ownChat(phoneNumber);
  return {
    id: `${id}${markOf(event)}`,
    timestamp: Date.parse(timestamp),
    event,
    session: name,
    metadata: metadata ?? {},
    me: me === null ? null : { id: me, pushName: displayName },
    payload,
    engine: ENVIRONMENT.engine,
    environment: ENVIRONMENT,
  };
}

const encoder = new TextEncoder();

/**
 * The headers of a webhook in WAHA's shape.
 * @param key text that its receiver checks signatures with; null: it was given none
 */
export async function wahaHeaders(input: {
  requestId: string;
  /** Of this attempt, in milliseconds. */
  timestamp: number;
  body: string;
  key: string | null;
}): Promise<Record<string, string>> {
  const { requestId, timestamp, body, key } = input;
  return {
    'x-webhook-request-id': requestId,
    'x-webhook-timestamp': String(timestamp),
    ...(key !== null && {
      'x-webhook-hmac': await hmac512(key, body),
      'x-webhook-hmac-algorithm': 'sha512',
    }),
  };
}

async function hmac512(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-512' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
  ]);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text))));
}
