import { z } from 'zod';
import { FakeRunnerCall, type FakeRunnerScript } from '../../local/testing/fake-runner-protocol.ts';

const TapCall = z.object({
  method: z.string(),
  path: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
});

const call = async (url: string, method: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`);
  return response.json();
};

/** One fake runner: an address for leases, what it answers, and what it was asked. */
export function fakeRunner(serverUrl: string, epoch: number) {
  const runnerId = `runner-${crypto.randomUUID().slice(0, 8)}`;
  const bootId = `boot-${crypto.randomUUID().slice(0, 8)}`;
  const url = `${serverUrl}/${runnerId}/${bootId}`;
  return {
    owner: { runnerId, bootId, url, epoch },
    script: async (script: FakeRunnerScript): Promise<void> => {
      await call(`${url}/script`, 'PUT', script);
    },
    calls: async () => z.array(FakeRunnerCall).parse(await call(`${url}/calls`, 'GET')),
  };
}

/** One tap: the URL to give to the Worker, and the calls that passed. */
export async function openTap(tapUrl: string, options: { target: string; holdMs: number }) {
  const { url } = z.object({ url: z.url() }).parse(await call(`${tapUrl}/taps`, 'POST', options));
  return {
    url,
    calls: async () => z.array(TapCall).parse(await call(`${url}/__calls`, 'GET')),
  };
}
