import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { failQueuedMessages } from './fail-queued-messages.ts';
import { unowned } from '../ownership/unowned.ts';

/** Fails queued messages whose time is over and whose session nobody owns. While there is an owner it does so itself, in order. */
export async function expireQueuedMessages(services: Services): Promise<void> {
  const which = sql`message.expires_at < now() and ${unowned(sql`message.session_id`)}`;
  await failQueuedMessages(services, { which, code: 'EXPIRED' });
}
