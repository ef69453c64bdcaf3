import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { onlineSession, SETTLED } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { worldOf } from '../testing/world.ts';
import { checkHistory, type Finding, ROLLED_BACK } from './check-history.ts';
import {
  connectedShares,
  duplicateSends,
  eventsLost,
  longestAway,
  onlineShares,
  recoveries,
  type Recovery,
  silentShare,
} from './measure.ts';
import { type Fault, runNemesis, type Site } from './nemesis.ts';
import {
  type Look,
  readConnections,
  readMessages,
  readViolations,
  readWire,
  watchSessions,
} from './observe.ts';
import { seededRandom } from '../testing/random.ts';
import { readOwners, readRows } from './read-database.ts';
import { openRoads, type Roads } from './roads.ts';
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
  eventsLost: number;
  duplicateSends: number;
  /** Of each session: the share of the time it was wanted in which the API showed it online. */
  online: readonly number[];
  /** The share of that time in which the API gave no answer. */
  silent: number;
  /** Of each session: the share of that time in which WhatsApp saw its device connected. */
  connected: readonly number[];
  recoveries: readonly Recovery[];
  /** The longest that a session was seen not online, ms. */
  longestAwayMs: number;
  /** Whether any session showed a code to scan: it had lost its link. */
  askedForQr: boolean;
  /** How often a session was seen on another runner than before. */
  moves: number;
  /** How often WhatsApp saw keys that had gone back. */
  rolledBack: number;
  /** How often a reader of the events was cut off and went on. */
  resumed: number;
};

const RECOVERS_WITHIN_MS = 150_000;
const SETTLES_WITHIN_MS = 120_000;
const AGREES_WITHIN_MS = 20_000;

/** Traffic and faults at random for so many seconds, then peace, then the question whether anything went wrong. */
export const runChaos = (deployment: Deployment, options: ChaosOptions): Promise<ChaosReport> =>
  runUnder(deployment, options, async (site) => {
    const stop = new AbortController();
    const nemesis = runNemesis({ ...site, signal: stop.signal });
    await Promise.race([sleep(options.seconds * 1000), nemesis]);
    stop.abort();
    return nemesis;
  });

type Strike = (site: Site) => Promise<(Omit<Fault, 'kind'> & { kind?: string })[]>;

/** The same with faults of one's own; traffic lasts as long as they do. */
export async function runUnder(
  deployment: Deployment,
  { seed, sessions: count }: Pick<ChaosOptions, 'seed' | 'sessions'>,
  strike: Strike,
): Promise<ChaosReport> {
  const sessions: ChaosSession[] = [];
  for (let index = 0; index < count; index += 1)
    sessions.push(await newSession(deployment, `s${seed}-${index}`));
  const roads = await openRoads(deployment, seed, sessions);
  try {
    return await runOn(roads, { deployment, seed, sessions }, strike);
  } finally {
    await roads.close();
  }
}

async function runOn(
  roads: Roads,
  { deployment, seed, sessions }: Omit<Site, 'random'> & { seed: number },
  strike: Strike,
): Promise<ChaosReport> {
  const stopTraffic = new AbortController();
  const stopWatching = new AbortController();
  const random = seededRandom(seed);
  const watching = watchSessions(deployment, stopWatching.signal);
  const traffic = runTraffic({ deployment, sessions, random, signal: stopTraffic.signal });
  const began = Date.now();
  const struck = await strike({ deployment, sessions, random }).catch(async (error: unknown) => {
    stopTraffic.abort();
    stopWatching.abort();
    await Promise.allSettled([traffic, watching]);
    throw error;
  });
  const faults = struck.map((fault) => ({ kind: 'scripted', ...fault }));
  stopTraffic.abort();
  const { sends, inbound } = await traffic;

  await allOnline(deployment, sessions);
  const wanted = { from: began, to: Date.now() };
  stopWatching.abort();
  const looks = await watching;
  await settle(deployment, sessions);
  const history = {
    sends,
    inbound,
    ...(await readBothSides(deployment, sessions)),
    owners: await readOwners(deployment, sessions),
    connections: await readConnections(sessions),
    wire: await readWire(sessions),
    violations: await readViolations(sessions),
    ...(await roads.read(inbound)),
  };
  await Promise.all(sessions.map(({ id }) => remove(deployment, `/v1/sessions/${id}`)));
  const ids = sessions.map(({ id }) => id);
  return {
    seed,
    faults,
    findings: checkHistory(history),
    sent: history.wire.length,
    unknown: history.messages.filter(({ status }) => status === 'unknown').length,
    received: inbound.length,
    eventsLost: eventsLost(history),
    duplicateSends: duplicateSends(history),
    online: onlineShares(looks, ids, wanted),
    silent: silentShare(looks, wanted),
    connected: connectedShares(history.connections, ids, wanted),
    recoveries: recoveries(looks, faults, ids),
    longestAwayMs: longestAway(looks, ids),
    askedForQr: sessions.some(({ id }) =>
      looks.some((look) => look.sessions.get(id)?.status === 'qr'),
    ),
    moves: countMoves(looks, sessions),
    rolledBack: history.violations.filter(({ kind }) => kind === ROLLED_BACK).length,
    resumed: roads.resumed(),
  };
}

const remove = ({ api }: Deployment, path: string) =>
  until(`${path} to be deleted`, async () => {
    const { status } = await api.call('DELETE', path);
    return status === 200 || status === 404 ? true : undefined;
  });

async function newSession(deployment: Deployment, name: string): Promise<ChaosSession> {
  const { id, phoneNumber } = await onlineSession(deployment, name);
  return { id, name, ...(await worldOf(deployment, phoneNumber)) };
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

/** The messages as the API lists them, and their rows. Late acks move both on, so that they are read until they agree. */
async function readBothSides(deployment: Deployment, sessions: readonly ChaosSession[]) {
  const deadline = Date.now() + AGREES_WITHIN_MS;
  for (;;) {
    const messages = await readMessages(deployment, sessions);
    const rows = await readRows(deployment, sessions);
    const listed = new Map(messages.map(({ id, status }) => [id, status]));
    const agree =
      rows.length === messages.length && rows.every(({ id, status }) => listed.get(id) === status);
    if (agree || Date.now() > deadline) return { messages, rows };
    await sleep(1_000);
  }
}

function countMoves(looks: readonly Look[], sessions: readonly ChaosSession[]): number {
  return sessions.reduce((sum, { id }) => {
    const seen = looks.flatMap((look) => look.sessions.get(id)?.runnerId ?? []);
    return sum + seen.filter((runner, index) => index > 0 && runner !== seen[index - 1]).length;
  }, 0);
}
