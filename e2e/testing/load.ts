import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './stats.ts';

export type LoadRequest = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
};

export type LoadResult = {
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  /** How many answers had each status; `0` = no answer at all. */
  statuses: Readonly<Record<number, number>>;
};

/**
 * So many clients at once, each with a connection of its own and one request after the other. Plain `node:http`: the generator
 * shares the machine with what it measures, and `fetch` costs several times as much.
 * @param options.perSecond all clients together send so often, and a late request's wait counts; left out, without a pause
 */
export async function runLoad(options: {
  url: string;
  clients: number;
  requestsPerClient: number;
  requestOf: (client: number, round: number) => LoadRequest;
  perSecond?: number;
}): Promise<LoadResult> {
  const { url, clients, requestsPerClient, requestOf, perSecond } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const sample: number[] = [];
  const statuses: Record<number, number> = {};
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_nothing, client) => {
      for (let round = 0; round < requestsPerClient; round += 1) {
        const turn = round * clients + client;
        const dueAt = perSecond === undefined ? undefined : startedAt + (turn * 1_000) / perSecond;
        if (dueAt !== undefined) await sleep(Math.max(0, dueAt - performance.now()));
        const sentAt = dueAt ?? performance.now();
        const status = await send(new URL(url), agent, requestOf(client, round));
        sample.push(performance.now() - sentAt);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  return {
    perSecond: sample.length / seconds,
    p50: percentile(sample, 0.5),
    p95: percentile(sample, 0.95),
    p99: percentile(sample, 0.99),
    statuses,
  };
}

function send(base: URL, agent: Agent, wanted: LoadRequest): Promise<number> {
  const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body);
  return new Promise((resolve) => {
    const sent = request(
      {
        agent,
        host: base.hostname,
        port: base.port,
        method: wanted.method,
        path: wanted.path,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...wanted.headers,
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.once('error', () => resolve(0));
    sent.end(body);
  });
}
