import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuBetween, sumOf, useOf } from './bench/parts.ts';
import { type Person, signUp } from './testing/account.ts';
import { idIn, listedIn, shownIn } from './testing/answers.ts';
import type { ApiClient } from './testing/api-client.ts';
import { type Wanting, wrongDeliveries, wrongRequests } from './testing/check-deliveries.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { isFullSize, sized } from './testing/env.ts';
import { openEventStream } from './testing/event-stream.ts';
import { type FlakyReceiver, startFlakyReceiver } from './testing/flaky-receiver.ts';
import { countPending, readDeliveryRows, readEventRows } from './testing/read-deliveries.ts';
import { openRealtime } from './testing/realtime-socket.ts';
import { onlineSessionOf } from './testing/session.ts';
import { percentiles } from './testing/stats.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const PRODUCERS = 20;
/** `FULL_SIZE=1` makes 40,000 pairs of it, and takes many minutes. */
const EVENTS_EACH = sized(6, 200);
const WITHIN_MS = isFullSize() ? 3_000_000 : 240_000;
const ALL = PRODUCERS * EVENTS_EACH;
const FAILING = 0.3;
const SEED = 20_261_129;
const NEIGHBOURS_EVENTS = 10;
const RETRY_DELAYS = [1, 1, 1, 1, 2, 2, 2, 5, 5, 5];

/** The neighbour's: one that takes what comes, and one that refuses it for good. */
const REFUSING = 'refusing';
const THEIRS = [
  { name: 'neighbour', eventTypes: ['message.*'] },
  { name: REFUSING, eventTypes: ['message.received'], retryDelays: [1] },
];

type Wish = { name: string; eventTypes: string[]; of?: 'busy' | 'quiet' };
/** Ten ways to want the same events, and two ways to want none of them. */
const WISHES: readonly Wish[] = [
  { name: 'all', eventTypes: ['*'], of: 'busy' },
  { name: 'all again', eventTypes: ['*'], of: 'busy' },
  { name: 'exact', eventTypes: ['message.received'] },
  { name: 'twice over', eventTypes: ['message.received', 'message.*'] },
  { name: 'wildcard', eventTypes: ['message.*'] },
  { name: 'alias', eventTypes: ['message_received'] },
  { name: 'of the session', eventTypes: ['message.*'], of: 'busy' },
  { name: 'with others', eventTypes: ['message.received', 'session.qr'] },
  { name: 'ninth', eventTypes: ['message.received'] },
  { name: 'tenth', eventTypes: ['message.received'] },
  { name: 'other type', eventTypes: ['call.received'] },
  { name: 'other session', eventTypes: ['*'], of: 'quiet' },
];
const PAIRS = ALL * 10;

describe(`${PRODUCERS} people write ${EVENTS_EACH} messages each, for ten receivers that fail at random`, () => {
  let deployment: Deployment;
  let receiver: FlakyReceiver;
  let neighbour: Person;
  beforeAll(async () => {
    receiver = await startFlakyReceiver(SEED, FAILING, [REFUSING]);
    deployment = await startDeployment({
      environment: { WAYPOST_RUNNERS: '1', EGRESS_ALLOW: receiver.host },
    });
    neighbour = await signUp(deployment, 'neighbour');
  });
  afterAll(async () => {
    await deployment.dispose();
    await receiver.close();
  });

  async function newEndpoint(
    api: ApiClient,
    wanted: Pick<Wanting, 'name' | 'eventTypes' | 'sessionIds'> & { retryDelays?: number[] },
  ): Promise<string> {
    const { name, retryDelays = RETRY_DELAYS, ...given } = wanted;
    const body = { url: receiver.url(encodeURI(name)), retryDelays, ...given };
    return idIn(await api.call('POST', '/v1/webhooks', { body }));
  }

  /** Twenty people at once, and one who writes to the neighbour. */
  async function produce(phoneNumber: string, theirs: string): Promise<void> {
    const { phone, at } = await worldOf(deployment, phoneNumber);
    const write = async (producer: number): Promise<void> => {
      const from = String(15_550_200_000 + producer);
      for (let n = 0; n < EVENTS_EACH; n += 1)
        await phone.message({ ...at, from, body: `${producer} of ${n}` });
    };
    const writeThere = async (): Promise<void> => {
      for (let n = 0; n < NEIGHBOURS_EVENTS; n += 1)
        await neighbour.api.call('POST', `/v1/sessions/${theirs}/sandbox/messages`, {
          body: { from: '+15550100001', text: `theirs ${n}` },
        });
    };
    const producers = Array.from({ length: PRODUCERS }, (_, producer) => write(producer));
    await Promise.all([...producers, writeThere()]);
  }

  /** Pairs of the session that were taken. It looks at each request once, however often it is asked. */
  function countTaken(sessionId: string): () => number {
    const pairs = new Set<string>();
    let seen = 0;
    return () => {
      for (const one of receiver.received.slice(seen))
        if (one.status === 200 && one.sessionId === sessionId && RECEIVED.has(one.type))
          pairs.add(`${one.endpoint} ${one.id}`);
      seen = receiver.received.length;
      return pairs.size;
    };
  }

  /** The neighbour's dead letters are these events; once their endpoint takes them, they are delivered again at one call. */
  async function deliverDeadLetters(endpointId: string, eventIds: readonly string[], since: Date) {
    const { api } = neighbour;
    const path = `/v1/webhooks/${endpointId}`;
    const listed = async (status: string) =>
      listedIn(await api.call('GET', `${path}/deliveries?limit=100&status=${status}`))
        .map(({ eventId }) => String(eventId))
        .toSorted();
    expect(await listed('failed')).toEqual(eventIds);
    receiver.relent(REFUSING);
    const body = { failedSince: since.toISOString() };
    const again = await api.call('POST', `${path}/redeliver`, { body });
    expect(shownIn(again)).toMatchObject({ redelivered: eventIds.length, more: false });
    await until(
      'each dead letter to be delivered',
      async () => ((await listed('delivered')).length === eventIds.length ? true : undefined),
      WITHIN_MS,
    );
    const took = receiver.received.flatMap(({ endpoint, webhookId, status }) =>
      endpoint === REFUSING && status === 200 ? [webhookId] : [],
    );
    expect([...new Set(took)].toSorted()).toEqual(eventIds);
  }

  /** What the run cost, for whoever compares sizes and machines. */
  function figures(seconds: number, cpuMs: number): string {
    const first = new Map<string, number>();
    for (const { endpoint, id, at, timestamp, type } of receiver.received)
      if (RECEIVED.has(type) && !first.has(`${endpoint} ${id}`))
        first.set(`${endpoint} ${id}`, at - Date.parse(timestamp));
    const { p50, p99 } = percentiles([...first.values()]);
    return [
      `${PAIRS} pairs, ${receiver.received.length} requests in ${seconds.toFixed(1)} s`,
      `${(PAIRS / seconds).toFixed(1)} deliveries/s`,
      `inbound to first attempt p50 ${p50} ms, p99 ${p99} ms`,
      `CPU per delivery ${(cpuMs / PAIRS).toFixed(2)} ms, the simulated WhatsApp and its browser included`,
    ].join('; ');
  }

  it(
    'each event reaches whoever wanted it or is a dead letter, under one id, and nobody else; every way shows one order',
    async ({ annotate }) => {
      const { api } = deployment;
      const { apiUrl, apiKey, workspaceId, sessionId: quiet } = await deployment.facts();
      const busy = await onlineSessionOf(api, 'busy');
      const theirs = await onlineSessionOf(neighbour.api, 'theirs');
      const endpoints: Wanting[] = [];
      for (const { name, eventTypes, of } of WISHES) {
        const sessionIds = of === undefined ? undefined : [of === 'busy' ? busy.id : quiet];
        const wanted = { name, eventTypes, sessionIds };
        endpoints.push({ ...wanted, workspaceId, id: await newEndpoint(api, wanted) });
      }
      const theirEndpoints: Omit<Wanting, 'workspaceId'>[] = [];
      for (const wanted of THEIRS)
        theirEndpoints.push({ ...wanted, id: await newEndpoint(neighbour.api, wanted) });
      const of = `sessionIds=${busy.id}`;
      const headers = { authorization: `Bearer ${apiKey}` };
      const socket = await openRealtime(
        `${apiUrl.replace('http', 'ws')}/v1/realtime?${of}`,
        headers,
      );
      const stream = await openEventStream(apiUrl, apiKey, of);

      const taken = countTaken(busy.id);
      const before = await useOf(deployment);
      const startedAt = performance.now();
      const startedOn = new Date();
      await produce(busy.phoneNumber, theirs.id);
      await until(
        `${PAIRS} pairs to arrive (seed ${SEED})`,
        async () => (taken() >= PAIRS ? true : undefined),
        WITHIN_MS,
      );
      const seconds = (performance.now() - startedAt) / 1_000;
      const cpuMs = sumOf(cpuBetween(before, await useOf(deployment)));
      const said = figures(seconds, cpuMs);
      await annotate(said);
      process.stdout.write(`${said}\n`);
      const ids = [...endpoints, ...theirEndpoints].map(({ id }) => id);
      await until(
        'no delivery to be pending',
        async () => ((await countPending(deployment, ids)) === 0 ? true : undefined),
        WITHIN_MS,
      );
      const deliveries = await readDeliveryRows(deployment, ids);

      const events = await readEventRows(deployment, [busy.id, quiet, theirs.id]);
      const ofNeighbour = events.filter(({ sessionId }) => sessionId === theirs.id);
      const owner = ofNeighbour[0]?.workspaceId ?? '';
      endpoints.push(...theirEndpoints.map((endpoint) => ({ ...endpoint, workspaceId: owner })));
      // What happened before the endpoints were there is not for them.
      const since = events.filter(
        (event) => event.workspaceId !== workspaceId || event.seq > socket.cursor,
      );
      expect(taken()).toBe(PAIRS);
      expect(wrongDeliveries(since, endpoints, deliveries)).toEqual([]);
      expect(wrongRequests(events, endpoints, receiver.received)).toEqual([]);

      const refusing = theirEndpoints.at(-1)?.id ?? '';
      const refused = ofNeighbour.flatMap(({ id, type }) =>
        type === 'message.received' ? [id] : [],
      );
      expect(refused).toHaveLength(NEIGHBOURS_EVENTS);
      const dead = deliveries.filter(({ status }) => status === 'failed');
      expect(dead.map(({ endpointId }) => endpointId)).toEqual(refused.map(() => refusing));
      await deliverDeadLetters(refusing, refused.toSorted(), startedOn);

      const inOrder = since.flatMap(({ id, sessionId }) => (sessionId === busy.id ? [id] : []));
      expect(inOrder.length).toBeGreaterThanOrEqual(ALL);
      await until('the socket to have them all', async () =>
        socket.events.length >= inOrder.length ? true : undefined,
      );
      expect(socket.events.map(({ id }) => id)).toEqual(inOrder);
      expect(await stream.next(inOrder.length)).toEqual(inOrder);
      expect(await readFeed(api, busy.id, socket.cursor)).toEqual(inOrder);
      socket.close();
      await stream.close();
    },
    2 * WITHIN_MS,
  );
});

const RECEIVED = new Set(['message.received', 'message_received']);

/** The ids of all events after this one, page by page. */
async function readFeed(api: ApiClient, sessionId: string, from: number): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (let after = from; ;) {
    const path = `/v1/events?after=${after}&limit=100&sessionId=${sessionId}`;
    const page = listedIn(await api.call('GET', path));
    if (page.length === 0) return ids;
    ids.push(...page.map(({ id }) => id));
    after = Number(page.at(-1)?.['seq']);
  }
}
