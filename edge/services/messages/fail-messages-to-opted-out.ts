import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { isOptedOut } from '../opt-outs/internal.ts';
import { type FailServices, failQueuedMessages } from './fail-queued-messages.ts';

const toOptedOut = ({ env }: Pick<Services, 'env'>, of: SQL) => ({
  which: sql`${of} and ${isOptedOut(env, sql`message.workspace_id`, sql`message.session_id`, sql`message.chat_id`)}`,
  code: 'RECIPIENT_OPTED_OUT' as const,
});

/** Fails what is queued or scheduled for people of this workspace who have opted out. */
export async function failMessagesToOptedOut(
  services: FailServices & Pick<Services, 'env'>,
  workspaceId: string,
): Promise<void> {
  const these = toOptedOut(services, sql`message.workspace_id = ${workspaceId}`);
  while ((await failQueuedMessages(services, these)) > 0);
}

/** The same of all workspaces, a batch a minute, for who has opted out by a stop word. No runner is handed any of it meanwhile. */
export async function failOptedOut(services: FailServices & Pick<Services, 'env'>): Promise<void> {
  await failQueuedMessages(
    services,
    toOptedOut(
      services,
      sql`(exists (select from opt_outs o where o.workspace_id = message.workspace_id)
        or exists (select from erased_opt_outs o where o.workspace_id = message.workspace_id))`,
    ),
  );
}
