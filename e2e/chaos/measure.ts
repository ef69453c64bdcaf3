import type { Connection, History } from './history.ts';
import type { Look } from './observe.ts';

/** Looks this far apart have a time between them in which the API said nothing. */
const SILENCE_MS = 2_000;
const ONLINE = 'online';

type Span = { from: number; to: number };

/** Of the time in which each session was wanted, the share in which the API showed it online. Its silence counts against it. */
export function onlineShares(
  looks: readonly Look[],
  sessionIds: readonly string[],
  span: Span,
): number[] {
  return sessionIds.map((id) => {
    const isOnline = ({ sessions }: Look): boolean => sessions.get(id)?.status === ONLINE;
    return shareOf(looks, span, (before, next) => isOnline(before) && isOnline(next));
  });
}

/** The share of the time in which the API gave no answer. */
export const silentShare = (looks: readonly Look[], span: Span): number =>
  1 - shareOf(looks, span, () => true);

function shareOf(
  looks: readonly Look[],
  { from, to }: Span,
  counts: (before: Look, next: Look) => boolean,
): number {
  const during = looks.filter(({ at }) => at >= from && at <= to);
  // The looks at both ends of the span stand for its edges.
  const [first, last] = [during[0], during.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return 0;
  let counted = 0;
  for (const [index, next] of during.entries()) {
    const before = during[index - 1];
    if (before === undefined || next.at - before.at > SILENCE_MS) continue;
    if (counts(before, next)) counted += next.at - before.at;
  }
  return counted / (last.at - first.at);
}

/** The same as WhatsApp saw it: the share of the time in which each session's device was connected. */
export function connectedShares(
  connections: readonly Connection[],
  sessionIds: readonly string[],
  { from, to }: Span,
): number[] {
  return sessionIds.map((id) => {
    const connected = connections
      .filter(({ sessionId }) => sessionId === id)
      .map((line) => Math.min(line.to ?? to, to) - Math.max(line.from, from));
    return connected.reduce((sum, ms) => sum + Math.max(0, ms), 0) / (to - from);
  });
}

export type Recovery = { kind: string; ms: number };

/**
 * How long sessions took to be online again, from the moment of the fault: a time away belongs to the last fault that struck
 * before it was seen. One that was not over at the last look counts as long as it lasted.
 */
export function recoveries(
  looks: readonly Look[],
  faults: readonly { at: number; kind: string }[],
  sessionIds: readonly string[],
): Recovery[] {
  return sessionIds.flatMap((id) => {
    const found: Recovery[] = [];
    let since: { at: number; kind: string } | null = null;
    for (const { at, sessions } of looks) {
      const online = sessions.get(id)?.status === ONLINE;
      if (!online) since ??= faults.findLast((fault) => fault.at <= at) ?? null;
      else if (since !== null) {
        found.push({ kind: since.kind, ms: at - since.at });
        since = null;
      }
    }
    const last = looks.at(-1);
    if (since !== null && last !== undefined)
      found.push({ kind: since.kind, ms: last.at - since.at });
    return found;
  });
}

/** The longest that any of the sessions was seen not online, ms. */
export function longestAway(looks: readonly Look[], sessionIds: readonly string[]): number {
  return Math.max(
    0,
    ...sessionIds.map((id) => {
      let longest = 0;
      let since: number | null = null;
      for (const { at, sessions } of looks) {
        if (since !== null) longest = Math.max(longest, at - since);
        if (sessions.get(id)?.status === ONLINE) since = null;
        else since ??= at;
      }
      return longest;
    }),
  );
}

/** What came in and is no event, and events that never reached the webhook. */
export function eventsLost({
  inbound,
  events,
  delivered,
}: Pick<History, 'inbound' | 'events' | 'delivered'>): number {
  const told = new Set(
    events.flatMap(({ type, wireId }) => (type === 'message.received' ? [wireId] : [])),
  );
  const arrived = new Set(delivered.map(({ id }) => id));
  return (
    inbound.filter(({ wireId }) => !told.has(wireId)).length +
    events.filter(({ id }) => !arrived.has(id)).length
  );
}

/** Copies on the wire beyond the first, message by message. */
export const duplicateSends = ({ wire }: Pick<History, 'wire'>): number =>
  wire.length - new Set(wire.map(({ text }) => text)).size;
