import type { EdgeEnv } from '../env.ts';
import { isLoopback } from '../values/loopback.ts';

/** Who may make an account by themselves: SIGN_UP, else everybody on this machine and the invited elsewhere. Pure. */
export const signUpPolicy = ({
  SIGN_UP,
  BASE_URL,
}: Pick<EdgeEnv, 'SIGN_UP' | 'BASE_URL'>): 'open' | 'invited' | 'closed' =>
  SIGN_UP ?? (isLoopback(new URL(BASE_URL).hostname) ? 'open' : 'invited');
