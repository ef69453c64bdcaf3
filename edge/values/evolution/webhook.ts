import { SignJWT } from 'jose';
import type { PublicEvent } from '../../../shared/catalogue/events/index.ts';
import { type EvolutionContext, evolutionEvents } from './event.ts';
import { ownJid } from './jids.ts';

export type EvolutionFrame = {
  event: string;
  instance: string;
  data: object;
  destination: string;
  date_time: string;
  sender: string | null;
  server_url: string;
  apikey: null;
};

/** What an event is sent as to a webhook. Null where Evolution reports nothing that is asked for. */
export function evolutionFrame(
  event: PublicEvent,
  context: EvolutionContext,
  to: { wanted: readonly string[]; url: string; baseUrl: string },
): EvolutionFrame | null {
  const found = evolutionEvents(event, context).find(([name]) => to.wanted.includes(name));
  if (found === undefined) return null;
  const [name, data] = found;
  return {
    event: name,
    instance: context.session.name,
    data,
    destination: to.url,
    date_time: event.timestamp,
    sender: ownJid(context.session.phoneNumber),
    server_url: `${to.baseUrl.replace(/\/+$/, '')}/compat/evolution`,
    // Never a key of anybody.
    apikey: null,
  };
}

/** Where an event goes, for a webhook that has an address for each. */
export function addressOf(written: string, event: string, byEvents: boolean): string {
  if (!byEvents) return written;
  const url = new URL(written);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${event.replaceAll('.', '-')}`;
  return url.href;
}

const TOKEN_SECONDS = 600;

/** The header of a webhook whose receiver was given `jwt_key`: a token that the key signs. */
export async function bearerOf(key: string, nowMs: number): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1_000);
  const token = await new SignJWT({ app: 'evolution', action: 'webhook' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_SECONDS)
    .sign(new TextEncoder().encode(key));
  return `Bearer ${token}`;
}
