import { createSandboxClient, type SandboxClient } from '../../runner/sandbox/control-client.ts';
import type { Deployment } from './deployment.ts';
import { settingsOf } from './settings.ts';

export type World = {
  phone: SandboxClient;
  /** Where a session's phone is found: its workspace is its world. */
  at: { world: string; account: string };
};

/** The sandbox's own control API: what reached the wire, and the faults that no customer can ask for. */
export async function worldOf(deployment: Deployment, phoneNumber: string): Promise<World> {
  const { ports, secrets } = await settingsOf(deployment.directory);
  const { workspaceId } = await deployment.facts();
  return {
    phone: createSandboxClient({
      url: `http://127.0.0.1:${ports.sandbox}`,
      token: secrets.sandboxToken,
    }),
    at: { world: workspaceId, account: phoneNumber },
  };
}
