import { RATES } from '../../../shared/catalogue/limits.ts';
import { accountSubject } from '../../identity/known-browser.ts';
import type { RateLimitCount } from '../../limiter/port.ts';
import { type Asker, countsOfAsker } from './asker.ts';

/** What a mail to an address counts against, whoever causes it: strangers can have mails sent to anybody. */
export const mailCounts = async (email: string, asker: Asker): Promise<RateLimitCount[]> =>
  countsOfAsker(asker, await accountSubject(email), {
    each: RATES.mailsClient,
    together: RATES.mails,
  });
