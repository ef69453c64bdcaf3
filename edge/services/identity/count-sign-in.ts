import { RATES } from '../../../shared/catalogue/limits.ts';
import type { Services } from '../../context.ts';
import { accountSubject } from '../../identity/known-browser.ts';
import type { RateLimitVerdict } from '../../limiter/port.ts';
import { type Asker, countsOfAsker } from './asker.ts';

/** Counts a try at an account's password, whether there is such an account or not. */
export async function countSignIn({
  services: { rateLimiter },
  input: { email, asker },
}: {
  services: Pick<Services, 'rateLimiter'>;
  input: { email: string; asker: Asker };
}): Promise<RateLimitVerdict> {
  const rates = { each: RATES.accountClient, together: RATES.account };
  return rateLimiter.check(countsOfAsker(asker, await accountSubject(email), rates));
}
