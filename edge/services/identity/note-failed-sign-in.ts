import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, recordSecurityEvent } from '../audit/security-event.ts';

/** Records a refused sign-in under the user whose address was tried. An address that nobody has is not written down. */
export function noteFailedSignIn({
  services,
  caller,
  input: { email, reason },
}: {
  services: Pick<Services, 'db' | 'log' | 'waitUntil'>;
  caller: Caller;
  input: { email: string; reason: string };
}): void {
  const userId = sql`(select id from users where email = ${email})`;
  const details = { reason, method: 'password' };
  const event = { action: 'user.sign_in_failed', byStranger: true, details } as const;
  recordSecurityEvent(services, caller, personsEvent(userId, event));
}
