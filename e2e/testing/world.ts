import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createSandboxClient, type SandboxClient } from '../../runner/sandbox/control-client.ts';
import type { Deployment } from './deployment.ts';

export type World = {
  phone: SandboxClient;
  /** Where a session's phone is found: its workspace is its world. */
  at: { world: string; account: string };
};

/** The sandbox's own control API: what reached the wire, and the faults that no customer can ask for. */
export async function worldOf(deployment: Deployment, phoneNumber: string): Promise<World> {
  const text = await readFile(join(deployment.directory, 'settings.json'), 'utf8');
  const settings = z
    .object({
      ports: z.object({ sandbox: z.number() }),
      secrets: z.object({ sandboxToken: z.string() }),
    })
    .parse(JSON.parse(text));
  const { workspaceId } = await deployment.facts();
  return {
    phone: createSandboxClient({
      url: `http://127.0.0.1:${settings.ports.sandbox}`,
      token: settings.secrets.sandboxToken,
    }),
    at: { world: workspaceId, account: phoneNumber },
  };
}
