import { and, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { findSession } from '../sessions/internal.ts';
import { messageNotFound } from './refusals.ts';

/**
 * Our id of a message of which a caller knows the id on WhatsApp.
 * @param input.session id or name; null: the key's own or the workspace's default
 * @throws AppError NOT_FOUND; as `findSession`
 */
export async function messageByWireId({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { session: string | null; wireId: string; fromMe: boolean | null };
}): Promise<string> {
  const { session } = await findSession(ctx, input.session);
  const direction =
    input.fromMe === null
      ? undefined
      : eq(messages.direction, input.fromMe ? 'outbound' : 'inbound');
  const [row] = await ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        eq(messages.sessionId, session.id),
        eq(messages.wireId, input.wireId),
        direction,
      ),
    )
    .limit(1);
  if (row === undefined) throw messageNotFound();
  return row.id;
}
