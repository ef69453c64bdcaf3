import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

type Bindings = Record<string, unknown>;

/** The environment of each hub, by its id: those of one test file work on its database. */
const environments = new Map<string, Bindings>();

export const environmentOf = (id: DurableObjectId): Bindings | undefined =>
  environments.get(id.toString());

/** The hubs of a test file, with its environment. */
export function hubsIn(environment: () => Bindings): Pick<DurableObjectNamespace, 'getByName'> {
  const namespace = hubs();
  return {
    getByName: (name) => {
      environments.set(namespace.idFromName(name).toString(), environment());
      return namespace.getByName(name);
    },
  };
}

/** The hub of a workspace itself. */
export const hubOf = (workspaceId: string): DurableObjectStub => hubs().getByName(workspaceId);

// vitest.config.ts binds it.
const hubs = (): DurableObjectNamespace => (env as Bindings)['HUB'] as DurableObjectNamespace;

/** The ids of all hubs that ever ran. */
export const knownHubs = async (): Promise<string[]> =>
  (await listDurableObjectIds(hubs())).map(String);

/** Resolves when the workspace's hub holds a socket. */
export async function untilConnected(workspaceId: string): Promise<void> {
  const hub = hubOf(workspaceId);
  const sockets = () => runInDurableObject(hub, (_hub, state) => state.getWebSockets().length);
  // Nobody before the Worker may start the hub: it would have another environment.
  while (environmentOf(hub.id) === undefined || (await sockets()) === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
