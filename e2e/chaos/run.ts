import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { onlineSession, SETTLED } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { worldOf } from '../testing/world.ts';
import { checkHistory, type Finding } from './check-history.ts';
import { type Fault, runNemesis, type Site } from './nemesis.ts';
import {
  type Look,
  readDelivered,
  readEvents,
  readMessages,
  readViolations,
  readWire,
  watchSessions,
} from './observe.ts';
import { seededRandom } from './random.ts';
import { type ChaosSession, runTraffic } from './traffic.ts';

/** Sessions are copied soon after they are linked: one that moves before its first copy needs its phone again. */
export const SOON_COPIED = { RUNNER_SNAPSHOT_AFTER_SECONDS: '1' };

export type ChaosOptions = { seed: number; sessions: number; seconds: number };

export type ChaosReport = {
  seed: number;
  faults: readonly Fault[];
  findings: readonly Finding[];
  sent: number;
  unknown: number;
  received: number;
  /** Looks at a session that found it online, of all looks, while faults were happening. */
  onlineShare: number;
  /** The longest that a session was seen not online, ms. */
  longestAwayMs: number;
  /** Whether any session showed a code to scan: it had lost its link. */
  askedForQr: boolean;
  /** How often a session was seen on another runner than before. */
  moves: number;
};

const RECOVERS_WITHIN_MS = 150_000;
const SETTLES_WITHIN_MS = 120_000;
const box = (session: ChaosSession): string => `chaos-${session.name}`;

/** Traffic and faults at random for so many seconds, then peace, then the question whether anything went wrong. */
export const runChaos = (deployment: Deployment, options: ChaosOptions): Promise<ChaosReport> =>
  runUnder(deployment, options, async (site) => {
    const stop = new AbortController();
    const nemesis = runNemesis({ ...site, signal: stop.signal });
    await sleep(options.seconds * 1000);
    stop.abort();
    return nemesis;
  });

/** The same with faults of one's own; traffic lasts as long as they do. */
export async function runUnder(
  deployment: Deployment,
  { seed, sessions: count }: Pick<ChaosOptions, 'seed' | 'sessions'>,
  strike: (site: Site) => Promise<Fault[]>,
): Promise<ChaosReport> {
  const sessions: ChaosSession[] = [];
  for (let index = 0; index < count; index += 1)
    sessions.push(await newSession(deployment, `s${seed}-${index}`));

  const stopTraffic = new AbortController();
  const stopWatching = new AbortController();
  const random = seededRandom(seed);
  const watching = watchSessions(deployment, stopWatching.signal);
  const traffic = runTraffic({ deployment, sessions, random, signal: stopTraffic.signal });
  const began = Date.now();
  const faults = await strike({ deployment, sessions, random });
  const ended = Date.now();
  stopTraffic.abort();
  const { sends, inbound } = await traffic;

  await allOnline(deployment, sessions);
  stopWatching.abort();
  const looks = await watching;
  await settle(deployment, sessions);
  const history = {
    sends,
    inbound,
    messages: await readMessages(deployment, sessions),
    wire: await readWire(sessions),
    violations: await readViolations(sessions),
    moves: countMoves(looks, sessions),
    ...(await readAllEvents(deployment, sessions)),
  };
  await Promise.all(sessions.map((session) => removeSession(deployment, session)));
  return {
    seed,
    faults,
    findings: checkHistory(history),
    sent: history.wire.length,
    unknown: history.messages.filter(({ status }) => status === 'unknown').length,
    received: inbound.length,
    onlineShare: shareOnline(looks, sessions, began, ended),
    longestAwayMs: Math.max(...sessions.map(({ id }) => longestAway(looks, id))),
    askedForQr: sessions.some(({ id }) =>
      looks.some((look) => look.sessions.get(id)?.status === 'qr'),
    ),
    moves: Object.values(history.moves).reduce((sum, count) => sum + count, 0),
  };
}

const removeSession = ({ api }: Deployment, { id, name }: ChaosSession) =>
  until(`${name} to be deleted`, async () => {
    const { status } = await api.call('DELETE', `/v1/sessions/${id}`);
    return status === 200 || status === 404 ? true : undefined;
  });

async function newSession(deployment: Deployment, name: string): Promise<ChaosSession> {
  const { id, phoneNumber } = await onlineSession(deployment, name);
  const session = { id, name, ...(await worldOf(deployment, phoneNumber)) };
  const { api, inspector } = deployment;
  const body = { url: inspector.url(box(session)), eventTypes: ['message.*'], sessionIds: [id] };
  const made = await api.call('POST', '/v1/webhooks', { body });
  if (made.status !== 201) throw new Error(`the webhook was not made: ${made.text}`);
  return session;
}

async function allOnline(deployment: Deployment, sessions: readonly ChaosSession[]): Promise<void> {
  await Promise.all(
    sessions.map(({ id, name }) =>
      until(
        `${name} to be online again`,
        async () => {
          const answer = await deployment.api.call('GET', `/v1/sessions/${id}/status`);
          return answer.text.includes('"status":"online"') ? true : undefined;
        },
        RECOVERS_WITHIN_MS,
      ),
    ),
  );
}

/** Waits until no message is on its way any more, then looks no further: what hangs is a finding, not a time-out. */
async function settle(deployment: Deployment, sessions: readonly ChaosSession[]): Promise<void> {
  const open = async (): Promise<boolean> =>
    (await readMessages(deployment, sessions)).some(({ status }) => !SETTLED.includes(status));
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  while ((await open()) && Date.now() < deadline) await sleep(1_000);
}

/** The events and their deliveries, once the receiver has as many as it will get. */
async function readAllEvents(deployment: Deployment, sessions: readonly ChaosSession[]) {
  const ours = new Set(sessions.map(({ id }) => id));
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const events = await readEvents(deployment);
    const delivered = (
      await Promise.all(sessions.map((session) => readDelivered(deployment, box(session))))
    ).flat();
    const arrived = new Set(delivered.map(({ id }) => id));
    const wanted = events.filter(
      ({ sessionId, type }) => ours.has(sessionId ?? '') && type.startsWith('message.'),
    );
    const missing = wanted.some(({ id }) => !arrived.has(id));
    if (!missing || Date.now() > deadline)
      return { events: wanted, delivered, seqs: events.map(({ seq }) => seq) };
    await sleep(1_000);
  }
}

function shareOnline(
  looks: readonly Look[],
  sessions: readonly ChaosSession[],
  from: number,
  to: number,
): number {
  const during = looks.filter(({ at }) => at >= from && at <= to);
  const online = during.reduce(
    (sum, look) =>
      sum + sessions.filter(({ id }) => look.sessions.get(id)?.status === 'online').length,
    0,
  );
  return during.length === 0 ? 0 : online / (during.length * sessions.length);
}

function longestAway(looks: readonly Look[], sessionId: string): number {
  let longest = 0;
  let since: number | null = null;
  for (const { at, sessions } of looks) {
    if (sessions.get(sessionId)?.status === 'online') since = null;
    else longest = Math.max(longest, at - (since ??= at));
  }
  return longest;
}

function countMoves(
  looks: readonly Look[],
  sessions: readonly ChaosSession[],
): Record<string, number> {
  const moves: Record<string, number> = {};
  for (const { id, at } of sessions) {
    const seen = looks.flatMap((look) => look.sessions.get(id)?.runnerId ?? []);
    moves[at.account] = seen.filter(
      (runner, index) => index > 0 && runner !== seen[index - 1],
    ).length;
  }
  return moves;
}
