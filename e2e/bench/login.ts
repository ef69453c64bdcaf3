import { signUp } from '../testing/account.ts';
import type { Deployment } from '../testing/deployment.ts';
import { percentiles, type Percentiles } from '../testing/stats.ts';

/** Below what one account may try in 15 minutes, the sign-up's own login included. */
const ROUNDS = 15;

/** Milliseconds of one login after the other: nearly all of it is the password's hash, as it should be. */
export async function login(deployment: Deployment): Promise<Percentiles> {
  const { email, password } = await signUp(deployment, 'bench-login');
  const sample: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const { status } = await deployment.api.call('POST', '/auth/sign-in/email', {
      body: { email, password },
      key: null,
    });
    sample.push(performance.now() - startedAt);
    if (status !== 200) throw new Error(`a login answered ${status}`);
  }
  return percentiles(sample);
}
