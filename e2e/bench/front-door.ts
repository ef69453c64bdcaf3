import { z } from 'zod';
import type { Deployment } from '../testing/deployment.ts';
import { runLoad, type LoadResult } from '../testing/load.ts';

const CONCURRENCY = [1, 64] as const;
const REQUESTS = 2_000;

export type FrontDoor = { clients: number; authenticated: LoadResult; open: LoadResult };

/**
 * What it costs to be let in: a route that only says who calls (signature, key state, rate limit), beside one that asks for
 * nothing, by one client and by 64.
 */
export async function frontDoor(deployment: Deployment): Promise<FrontDoor[]> {
  const { apiUrl } = await deployment.facts();
  const key = await unheldKey(deployment);
  const measure = (clients: number, path: string, headers: Record<string, string>) =>
    runLoad({
      url: apiUrl,
      clients,
      requestsPerClient: Math.ceil(REQUESTS / clients),
      requestOf: () => ({ method: 'GET', path, headers }),
    });
  const results: FrontDoor[] = [];
  for (const clients of CONCURRENCY) {
    const open = await measure(clients, '/health', {});
    const authenticated = await measure(clients, '/v1/keys/self', {
      authorization: `Bearer ${key}`,
    });
    expectOnly200(open);
    expectOnly200(authenticated);
    results.push({ clients, authenticated, open });
  }
  return results;
}

/** A key whose own limit is out of the way: it is the cost of counting that is measured. */
async function unheldKey({ api }: Deployment): Promise<string> {
  const body = { name: 'bench', scopes: ['messages:read'], perMinute: 60_000 };
  return (await api.call('POST', '/v1/keys', { body })).data(z.object({ key: z.string() })).key;
}

function expectOnly200({ statuses }: LoadResult): void {
  if (Object.keys(statuses).join() !== '200')
    throw new Error(`the front door answered ${JSON.stringify(statuses)}`);
}
