import { setTimeout as sleep } from 'node:timers/promises';
import { signUp } from '../testing/account.ts';
import { idIn } from '../testing/answers.ts';
import type { ApiClient } from '../testing/api-client.ts';
import type { Deployment } from '../testing/deployment.ts';
import { openEventStream } from '../testing/event-stream.ts';
import { countPending, readDeliveryRows, readLog } from '../testing/read-deliveries.ts';
import { openRealtime } from '../testing/realtime-socket.ts';
import { until } from '../testing/until.ts';
import { follow, type Follower } from './follow.ts';
import type { ChaosEndpoint, History, Inbound, RecordedEvent, RoadHistory } from './history.ts';
import { collector, countOldCopies, readEvents } from './observe.ts';
import type { ChaosSession } from './traffic.ts';

/** Also so often that a neighbour has an event. */
const COLLECT_EVERY_MS = 3_000;
const SETTLES_WITHIN_MS = 120_000;
/** More than a runner waits between two tries. */
const REPORTED_WITHIN_MS = 20_000;

export type Roads = {
  /** What came on every road, once each has brought what it will. */
  read: (
    inbound: readonly Inbound[],
  ) => Promise<RoadHistory & Pick<History, 'events' | 'delivered' | 'seqs' | 'oldCopies'>>;
  /** How often a reader was cut off and went on. */
  resumed: () => number;
  close: () => Promise<void>;
};

/**
 * Everybody who reads the events of a run: an endpoint for each session, one that takes nothing, a WebSocket, an event stream;
 * and a neighbour with events and an endpoint of their own.
 */
export async function openRoads(
  deployment: Deployment,
  seed: number,
  sessions: readonly ChaosSession[],
): Promise<Roads> {
  const { workspaceId } = await deployment.facts();
  const neighbour = await newNeighbour(deployment, seed);
  const endpoints = [...(await newEndpoints(deployment, seed, sessions)), neighbour.endpoint];
  const readers = await openReaders(deployment);
  const collect = collector(
    deployment,
    endpoints.map(({ name }) => name),
  );
  let isOpen = true;
  const over = Promise.withResolvers<void>();
  const pause = () => Promise.race([over.promise, sleep(COLLECT_EVERY_MS)]);
  const goRound = async (): Promise<void> => {
    for (; isOpen; await pause()) {
      await collect();
      // While the edge is away, nothing happens to the neighbour.
      await neighbour.api
        .call('POST', `/v1/webhooks/${neighbour.endpoint.id}/test`)
        .catch(() => undefined);
      // Whatever strikes besides, each reader has to go on after a cut.
      for (const reader of Object.values(readers)) reader.cut();
    }
  };
  const going = goRound();
  const end = (): Promise<void> => {
    isOpen = false;
    over.resolve();
    return going;
  };

  const close = async (): Promise<void> => {
    await Promise.all(Object.values(readers).map((reader) => reader.stop()));
    await end();
    const ours = endpoints.filter(({ id }) => id !== neighbour.endpoint.id);
    await Promise.all([
      remove(neighbour.api, neighbour.endpoint),
      ...ours.map((endpoint) => remove(deployment.api, endpoint)),
    ]);
  };

  return {
    resumed: () => Object.values(readers).reduce((sum, { resumed }) => sum + resumed(), 0),
    close,
    read: async (inbound) => {
      await end();
      const ids = endpoints.map(({ id }) => id);
      let feed: RecordedEvent[] = [];
      // A runner reports what it kept while it could not reach the edge. What was lost with a runner never comes.
      await atLast(async () => {
        feed = await readEvents(deployment);
        const reported = new Set(feed.map(({ wireId }) => wireId));
        return inbound.every(({ wireId }) => reported.has(wireId));
      }, REPORTED_WITHIN_MS);
      const wanted = eventsOf(feed, sessions);
      // A late ack may make another event at any time: from here on, this is the end.
      const upTo = feed.at(-1)?.seq ?? 0;
      await atLast(async () => (await countPending(deployment, ids)) === 0);
      let requests = await collect();
      const taken = () =>
        requests.filter(
          ({ endpoint, status, seq }) =>
            status === 200 && endpoint !== neighbour.endpoint.name && seq <= upTo,
        );
      await atLast(async () => {
        requests = await collect();
        const arrived = new Set(taken().map(({ id }) => id));
        return wanted.every(({ id }) => arrived.has(id));
      });
      await atLast(async () => Object.values(readers).every((reader) => reader.last() >= upTo));
      const ofReader = ([road, { from, ids: seen }]: [string, Follower]) => ({
        road,
        from,
        ids: seen(),
      });
      return {
        events: wanted,
        delivered: taken(),
        seqs: feed.map(({ seq }) => seq),
        oldCopies: countOldCopies(feed, sessions),
        log: await readLog(deployment, [workspaceId, neighbour.endpoint.workspaceId]),
        readings: [
          ...Object.entries(readers).map(ofReader),
          { road: 'feed', from: 0, ids: feed.map(({ id }) => id) },
        ],
        workspaceId,
        upTo,
        endpoints,
        deliveries: await readDeliveryRows(deployment, ids),
        requests,
      };
    },
  };
}

/** What hangs is a finding, not a time-out. */
const atLast = (isDone: () => Promise<boolean>, withinMs = SETTLES_WITHIN_MS): Promise<unknown> =>
  until('it', async () => (await isDone()) || undefined, withinMs).catch(() => undefined);

const eventsOf = (
  events: readonly RecordedEvent[],
  sessions: readonly ChaosSession[],
): RecordedEvent[] => {
  const ours = new Set(sessions.map(({ id }) => id));
  return events.filter(
    ({ sessionId, type }) => ours.has(sessionId ?? '') && type.startsWith('message.'),
  );
};

async function newEndpoints(
  deployment: Deployment,
  seed: number,
  sessions: readonly ChaosSession[],
): Promise<ChaosEndpoint[]> {
  const { api, inspector } = deployment;
  const { workspaceId } = await deployment.facts();
  const [first] = sessions;
  const refusing = `chaos-refuses-${seed}`;
  await inspector.behave(refusing, { status: 500 });
  const wishes = [
    ...sessions.map(({ id, name }) => ({ box: `chaos-${name}`, types: ['message.*'], id })),
    ...(first === undefined ? [] : [{ box: refusing, types: ['message.received'], id: first.id }]),
  ];
  return Promise.all(
    wishes.map(async ({ box, types, id: sessionId }) => {
      const refuses = box === refusing;
      const wish = { eventTypes: types, sessionIds: [sessionId] };
      const retries = refuses ? { retryDelays: [1] } : {};
      const body = { url: inspector.url(box), ...wish, ...retries };
      const id = idIn(await api.call('POST', '/v1/webhooks', { body }));
      return { id, name: box, workspaceId, refuses, ...wish };
    }),
  );
}

/** Somebody else on the same deployment. Their events are tests of their own endpoint: those need no session. */
async function newNeighbour(
  deployment: Deployment,
  seed: number,
): Promise<{ api: ApiClient; endpoint: ChaosEndpoint }> {
  const { api } = await signUp(deployment, `neighbour-${seed}`);
  const workspaceId = idIn(await api.call('GET', '/v1/workspace'));
  const name = `chaos-neighbour-${seed}`;
  const eventTypes = ['*'];
  const body = { url: deployment.inspector.url(name), eventTypes };
  const id = idIn(await api.call('POST', '/v1/webhooks', { body }));
  return { api, endpoint: { id, name, workspaceId, eventTypes, refuses: false } };
}

async function openReaders(deployment: Deployment): Promise<Record<string, Follower>> {
  const { apiUrl, apiKey } = await deployment.facts();
  const headers = { authorization: `Bearer ${apiKey}` };
  const realtime = `${apiUrl.replace('http', 'ws')}/v1/realtime`;
  return {
    WebSocket: await follow((after) =>
      openRealtime(after === null ? realtime : `${realtime}?after=${after}`, headers),
    ),
    'event stream': await follow((after) =>
      openEventStream(apiUrl, apiKey, '', after === null ? {} : { 'last-event-id': String(after) }),
    ),
  };
}

const remove = (api: ApiClient, { id, name }: ChaosEndpoint) =>
  until(`${name} to be deleted`, async () => {
    const { status } = await api.call('DELETE', `/v1/webhooks/${id}`);
    return status === 200 || status === 404 || undefined;
  });
