import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { failQueuedMessages } from './fail-queued-messages.ts';

/**
 * Fails what is queued and scheduled under a number that the session has no more. What its owner has claimed by now, the owner
 * fails by itself.
 * @returns how many messages failed
 */
export async function failMessagesOfFormerNumber(
  services: Services,
  sessionId: string,
): Promise<number> {
  const which = sql`message.session_id = ${sessionId} and message.sender_number <> session.phone_number`;
  for (let failed = 0; ;) {
    const more = await failQueuedMessages(services, { which, code: 'NUMBER_CHANGED' });
    if (more === 0) return failed;
    failed += more;
  }
}
