import { inheritedEnvironment } from '../env.ts';
import type { HostConfig } from './host.ts';
import type { MachineRecord } from './store.ts';

/** What a machine's program is started with: its image's variables, its configuration's, the app's secrets, and Fly's own. */
export function machineEnvironment(
  machine: MachineRecord,
  root: string,
  { imageEnv, secrets }: Pick<HostConfig, 'imageEnv' | 'secrets'>,
): Record<string, string> {
  const given = { ...imageEnv, ...machine.config.env, ...secrets };
  return {
    ...inheritedEnvironment(),
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replaceAll('{root}', root)]),
    ),
    FLY_APP_NAME: machine.app,
    FLY_MACHINE_ID: machine.id,
    FLY_ALLOC_ID: machine.id,
    FLY_MACHINE_VERSION: machine.instance_id,
    FLY_REGION: machine.region,
    FLY_IMAGE_REF: machine.config.image,
    FLY_PRIVATE_IP: '127.0.0.1',
  };
}
