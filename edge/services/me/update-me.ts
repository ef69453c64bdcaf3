import { and, eq, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { users } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { userOf } from '../users/require-role.ts';
import { getMe, type MeView } from './get-me.ts';

export type UpdateMeInput = {
  name?: string | undefined;
  timeZone?: string | null | undefined;
  /** The workspace to act in from the next request on, where the credential names none. */
  workspaceId?: string | undefined;
};

/** @throws AppError FORBIDDEN for an API key; NOT_FOUND for a workspace that they do not belong to */
export async function updateMe({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: UpdateMeInput;
}): Promise<MeView> {
  const { userId } = userOf(ctx);
  const { workspaceId } = input;
  const belongs = sql`exists (
    select 1 from members m where m.workspace_id = ${workspaceId} and m.user_id = ${userId}
  )`;
  const write = ctx.db
    .update(users)
    .set({ ...input, updatedAt: sql`now()` })
    .where(and(eq(users.id, userId), workspaceId === undefined ? undefined : belongs))
    .returning({ id: users.id });
  const changed = await writeAudited(ctx, write, { target: userId });
  if (changed.length === 0)
    throw new AppError('NOT_FOUND', 'You do not belong to that workspace; see GET /v1/me.');
  return getMe({ ctx });
}
