import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startEdge } from '../../local/edge/server.ts';
import { edgeVariables } from '../../local/launcher/edge-variables.ts';
import { readLauncherEnv } from '../../local/launcher/env.ts';
import { loadSettings } from '../../local/launcher/settings.ts';
import { appConnectionString } from '../../local/neon/config.ts';
import { startTap, type TapCall } from '../../local/testing/tap.ts';
import { apiClient } from '../testing/api-client.ts';
import type { Deployment } from '../testing/deployment.ts';

/** So long each upstream call is held, so that calls side by side are told from one after the other. */
const HOLD_MS = 50;
/** Further up than any port that deployments choose. */
const PORT = 32_500;

export type UpstreamSteps = { what: string; calls: number; steps: number };

/**
 * Calls that one request of each class makes to Redis and PostgreSQL, and how many of them come one after the other: a second
 * Worker on the same services, with a tap in front of each.
 */
export async function upstreamSteps(
  deployment: Deployment,
  sessionId: string,
): Promise<UpstreamSteps[]> {
  const settings = await loadSettings(deployment.directory, undefined);
  const databaseUrl = appConnectionString({
    password: settings.secrets.databasePassword,
    databaseUrl: undefined,
  });
  const variables = edgeVariables({ env: readLauncherEnv(), settings, databaseUrl });
  const taps = await startTap();
  const open = async (target: string) => {
    const answer = await fetch(`${taps.url}/taps`, {
      method: 'POST',
      body: JSON.stringify({ target, holdMs: HOLD_MS }),
    });
    return z.object({ url: z.string() }).parse(await answer.json()).url;
  };
  const redis = await open(variables['UPSTASH_REDIS_REST_URL'] ?? '');
  const database = await open(new URL(variables['DATABASE_HTTP_URL'] ?? '').origin);
  const dataDir = await mkdtemp(join(tmpdir(), 'waypost-upstream-'));
  const edge = await startEdge({
    port: PORT,
    dataDir,
    privateEgress: [],
    logFile: join(dataDir, 'worker.log'),
    variables: {
      ...variables,
      UPSTASH_REDIS_REST_URL: redis,
      DATABASE_HTTP_URL: `${database}/sql`,
    },
  });
  try {
    const { apiKey } = await deployment.facts();
    const api = apiClient(edge.url ?? '', apiKey);
    const calls = async (): Promise<TapCall[]> => {
      const all = await Promise.all(
        [redis, database].map(async (url) => (await fetch(`${url}/__calls`)).json()),
      );
      return z.array(z.array(Call)).parse(all).flat();
    };
    const stepsOf = async (what: string, ...request: Parameters<typeof api.call>) => {
      // The first request of a Worker also loads the limiter's script.
      await api.call(...request);
      const before = (await calls()).length;
      const { status, text } = await api.call(...request);
      if (status >= 300) throw new Error(`${what} answered ${status}: ${text}`);
      const made = (await calls()).toSorted((a, b) => a.startedAt - b.startedAt).slice(before);
      return { what, calls: made.length, steps: countSteps(made) };
    };
    const body = { sessionId, to: '+15550100001', text: 'counted' };
    return [
      await stepsOf('say what a key may do', 'GET', '/v1/keys/self'),
      await stepsOf('read one session', 'GET', `/v1/sessions/${sessionId}`),
      await stepsOf('list messages', 'GET', '/v1/messages?limit=10'),
      await stepsOf('send, before the doorbell', 'POST', '/v1/messages/text', {
        body,
        headers: { prefer: 'respond-async' },
      }),
    ];
  } finally {
    await edge.close();
    await taps.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const Call = z.object({
  method: z.string(),
  path: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
});

/** Calls that overlap are one step. */
export function countSteps(calls: readonly Pick<TapCall, 'startedAt' | 'endedAt'>[]): number {
  let steps = 0;
  let end = -Infinity;
  for (const { startedAt, endedAt } of calls.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (startedAt >= end) steps += 1;
    end = Math.max(end, endedAt);
  }
  return steps;
}
