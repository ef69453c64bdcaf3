import { z } from 'zod';
import type { Deployment } from './deployment.ts';
import { settingsOf } from './settings.ts';

const Machines = z.array(
  z.object({
    id: z.string(),
    state: z.string(),
    region: z.string(),
    pid: z.number().nullable(),
  }),
);

/** The control door of the local Machines API: what runs where, and a machine that loses its power. */
export async function flyOf(deployment: Deployment) {
  const { ports, secrets } = await settingsOf(deployment.directory);
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const url = `http://127.0.0.1:${ports.fly}/control/apps/waypost-runners/${path}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${secrets.flyToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    machines: async () =>
      Machines.parse(await control('GET', 'machines')).filter(({ state }) => state !== 'destroyed'),
    lose: (id: string, state: 'stopped' | 'failed' | 'destroyed') =>
      control('POST', `machines/${id}/lose`, { state }),
  };
}
