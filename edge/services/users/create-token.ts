import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { mintUserToken, USER_TOKEN_MAX_SECONDS } from '../../identity/user-token.ts';
import { suspended } from '../keys/refusals.ts';
import { userOf } from './require-role.ts';

export type UserToken = { token: string; expiresAt: string; workspaceId: string };

const Membership = z.object({ is_active: z.boolean() });

/**
 * A user token for the caller in one of their workspaces: the one they act in unless another is named. It ends with their
 * login.
 * @throws AppError NOT_FOUND for a workspace that they do not belong to; FORBIDDEN for a suspended one
 */
export async function createToken({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    workspaceId?: string | undefined;
    /** At most an hour. */
    expiresInSeconds?: number | undefined;
  };
}): Promise<UserToken> {
  const { userId, authSessionId } = userOf(ctx);
  const { workspaceId = ctx.workspaceId, expiresInSeconds = USER_TOKEN_MAX_SECONDS } = input;
  const { rows } = await ctx.db.execute(sql`
    select w.is_active from members m join workspaces w on w.id = m.workspace_id
    where m.user_id = ${userId} and m.workspace_id = ${workspaceId}`);
  const membership = Membership.optional().parse(rows[0]);
  if (membership === undefined)
    throw new AppError('NOT_FOUND', 'You do not belong to that workspace; see GET /v1/me.');
  if (!membership.is_active) throw suspended();
  const claims = { userId, authSessionId, workspaceId };
  const { token, expiresAt } = await mintUserToken(ctx.env, claims, expiresInSeconds, ctx.now());
  return { token, expiresAt: expiresAt.toISOString(), workspaceId };
}
