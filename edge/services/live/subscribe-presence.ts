import { and, eq, sql } from 'drizzle-orm';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { sessions } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { findSession } from '../sessions/internal.ts';
import { askSession } from './ask-session.ts';

const { limit } = LIMITS.presenceSubscriptions;

/**
 * Subscribes a session to a person's presence, or unsubscribes it. A subscription survives restarts and changes of the owner:
 * the next runner gets it with the lease. Parallel requests may exceed the limit by as many as run at once.
 * @param input.session id or name; null: the key's own or the workspace's default
 * @throws AppError LIMIT_EXCEEDED; what `askSession` throws, and what WhatsApp refuses
 */
export async function subscribePresence({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { session: string | null; chatId: string; subscribed: boolean };
}): Promise<{
  subscription: { id: string; subscribed: boolean };
  meta: { sessionId: string; sessionName: string };
}> {
  const { chatId, subscribed } = input;
  const { session } = await findSession(ctx, input.session);
  const { id: sessionId, name: sessionName, presenceOf } = session;
  if (subscribed && presenceOf.length >= limit && !presenceOf.includes(chatId))
    throw new AppError(
      'LIMIT_EXCEEDED',
      `A session can be subscribed to the presence of ${shown(limit)} people.`,
      { limit },
    );
  const ask = { chatId, subscribed };
  const { output } = await askSession({
    ctx,
    input: { id: sessionId, name: 'subscribePresence', ask },
  });
  const { id, ids } = output;
  const kept = sql`array(select kept from unnest(presence_of) kept where kept <> all(${sql.param(ids)}::text[]))`;
  const write = ctx.db
    .update(sessions)
    .set({ presenceOf: sql`${kept} || ${sql.param(subscribed ? [id] : [])}::text[]` })
    .where(and(eq(sessions.id, sessionId), eq(sessions.workspaceId, ctx.workspaceId)))
    .returning({ id: sessions.id });
  await writeAudited(ctx, write, { target: sessionId, details: { of: id } });
  return { subscription: { id, subscribed }, meta: { sessionId, sessionName } };
}
