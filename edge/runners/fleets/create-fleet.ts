import type { EdgeEnv } from '../../env.ts';
import { createFlyFleet } from './fly.ts';
import type { Fleet } from './port.ts';
import { createStaticFleet } from './static.ts';

/** The fleet that the environment names. `parseEdgeEnv` has seen to it that what it needs is there. */
export function createFleet(env: EdgeEnv): Fleet {
  const { FLEET, FLY_API_TOKEN, FLY_APP, FLY_RUNNER_IMAGE } = env;
  if (FLEET === 'static') return createStaticFleet();
  if (FLY_API_TOKEN === undefined || FLY_APP === undefined || FLY_RUNNER_IMAGE === undefined)
    throw new Error('FLEET=fly needs FLY_API_TOKEN, FLY_APP and FLY_RUNNER_IMAGE');
  return createFlyFleet({ ...env, FLY_API_TOKEN, FLY_APP, FLY_RUNNER_IMAGE });
}
