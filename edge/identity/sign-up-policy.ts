import type { EdgeEnv } from '../env.ts';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Who may make an account by themselves: SIGN_UP, else everybody on this machine and the invited elsewhere. Pure. */
export const signUpPolicy = ({
  SIGN_UP,
  BASE_URL,
}: Pick<EdgeEnv, 'SIGN_UP' | 'BASE_URL'>): 'open' | 'invited' | 'closed' =>
  SIGN_UP ?? (LOOPBACK.test(new URL(BASE_URL).hostname) ? 'open' : 'invited');
