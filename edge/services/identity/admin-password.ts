import { sql } from 'drizzle-orm';
import { RATES } from '../../../shared/catalogue/limits.ts';
import type { Services } from '../../context.ts';
import { accountSubject } from '../../identity/known-browser.ts';
import type { RateLimitVerdict } from '../../limiter/port.ts';
import { type Caller, personsEvent, recordSecurityEvent } from '../audit/security-event.ts';
import { UNKNOWN_ASKER, countsOfAsker } from './asker.ts';

/** Whom ADMIN_PASSWORD acts for. */
export const firstAdministrator = sql`select id from users
  where role = 'admin' and is_active and email_verified order by created_at, id limit 1`;

/** Counts a try at ADMIN_PASSWORD, right or wrong: what is compared first can be guessed for as long as one likes. */
export async function countAdminPassword({
  services: { rateLimiter, env },
  input: { address },
}: {
  services: Pick<Services, 'rateLimiter' | 'env'>;
  input: { address: string | null };
}): Promise<RateLimitVerdict> {
  const rates = { each: RATES.adminPasswordClient, together: RATES.adminPassword };
  const account = await accountSubject(env.ADMIN_USERNAME);
  return rateLimiter.check(countsOfAsker({ ...UNKNOWN_ASKER, address }, account, rates));
}

/** Records a wrong ADMIN_PASSWORD under the administrator whom it acts for. */
export function noteWrongAdminPassword({
  services,
  caller,
}: {
  services: Pick<Services, 'db' | 'log' | 'waitUntil'>;
  caller: Caller;
}): void {
  const details = { reason: 'INVALID_ADMIN_PASSWORD', method: 'adminPassword' };
  const event = { action: 'user.sign_in_failed', byStranger: true, details } as const;
  recordSecurityEvent(services, caller, personsEvent(sql`(${firstAdministrator})`, event));
}
