import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { type Caller, recordSecurityEvent } from './security-event.ts';

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
  recordSecurityEvent(services, caller, {
    action: 'user.sign_in_failed',
    userId,
    byStranger: true,
    details: { reason, method: 'password' },
  });
}
