import { z } from 'zod';
import { signUp } from '../testing/account.ts';
import type { Deployment } from '../testing/deployment.ts';
import { onlineSessionOf } from '../testing/session.ts';
import { runLoad, type LoadResult } from '../testing/load.ts';

const WORKSPACES = 5;
const KEYS_PER_WORKSPACE = 200;
/** Of each client's requests, one sends and the others read. */
const REQUESTS_PER_CLIENT = 5;

type Tenant = { sessionId: string; keys: string[] };

export type Crowd = {
  clients: number;
  /** All clients read and send: without a pause, or so often together. */
  run: (perSecond?: number) => Promise<LoadResult>;
};

/** 1,000 clients, each with a key of its own, in five workspaces of people who signed up. */
export async function gatherCrowd(deployment: Deployment): Promise<Crowd> {
  const tenants: Tenant[] = [];
  for (let index = 0; index < WORKSPACES; index += 1)
    tenants.push(await newTenant(deployment, `crowd-${index}`));
  const clients = tenants.flatMap(({ sessionId, keys }) =>
    keys.map((key) => ({ sessionId, headers: { authorization: `Bearer ${key}` } })),
  );
  const { apiUrl } = await deployment.facts();
  const run = (perSecond?: number): Promise<LoadResult> =>
    runLoad({
      url: apiUrl,
      clients: clients.length,
      requestsPerClient: REQUESTS_PER_CLIENT,
      ...(perSecond !== undefined && { perSecond }),
      requestOf: (number, round) => {
        const { sessionId, headers } = clients[number] ?? { sessionId: '', headers: {} };
        return round === 2
          ? {
              method: 'POST',
              path: '/v1/messages/text',
              headers: { ...headers, prefer: 'respond-async' },
              body: { sessionId, to: '+15550100001', text: `one of the crowd: ${number}` },
            }
          : { method: 'GET', path: `/v1/messages?limit=10&sessionId=${sessionId}`, headers };
      },
    });
  return { clients: clients.length, run };
}

/** A person with a session that accepts but hardly sends, so that it is the edge that works, and 200 keys. */
async function newTenant(deployment: Deployment, name: string): Promise<Tenant> {
  const { api } = await signUp(deployment, name);
  const { id: sessionId } = await onlineSessionOf(api, name, {
    pacing: { minIntervalMs: 600_000, jitterMs: 0 },
  });
  const keys: string[] = [];
  for (let index = 0; index < KEYS_PER_WORKSPACE; index += 1) {
    const body = { name: `client ${index}`, scopes: ['messages:send', 'messages:read'] };
    const made = await api.call('POST', '/v1/keys', { body });
    keys.push(made.data(z.object({ key: z.string() })).key);
  }
  return { sessionId, keys };
}
