import { and, eq } from 'drizzle-orm';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { ServiceContext } from '../../context.ts';
import { sessions } from '../../db/schema/index.ts';

/**
 * Of a message that this caller has just sent: the number that it goes from, and the id that it has on WhatsApp, or will have
 * once it leaves.
 */
export async function senderOf(
  ctx: ServiceContext,
  { id, sessionId }: { id: string; sessionId: string },
): Promise<{ phoneNumber: string | null; wireId: string }> {
  const [session] = await ctx.db
    .select({ phoneNumber: sessions.phoneNumber, wireKey: sessions.wireKey })
    .from(sessions)
    .where(and(eq(sessions.workspaceId, ctx.workspaceId), eq(sessions.id, sessionId)));
  const { phoneNumber = null, wireKey = '' } = session ?? {};
  return { phoneNumber, wireId: await deriveWireId(wireKey, id) };
}
