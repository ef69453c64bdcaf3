import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Actor, ServiceContext } from '../../context.ts';
import { suspended } from './refusals.ts';

const KeyRow = z.object({
  mode: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  session_id: z.string().nullable(),
  usable: z.boolean(),
  workspace_active: z.boolean(),
});

/**
 * Reads the state of the key that signed the request, by id and hash.
 * @throws AppError UNAUTHORIZED for a key that is unknown, revoked, paused or expired; FORBIDDEN for a suspended workspace
 */
export async function loadActor({ ctx }: { ctx: ServiceContext }): Promise<Actor> {
  const { actor } = ctx;
  if (actor.type !== 'apiKey') return actor;
  const { rows } = await ctx.db.execute(sql`
    select k.mode, k.scopes, k.session_id, w.is_active as workspace_active,
      k.is_active and k.revoked_at is null and coalesce(k.expires_at > now(), true) as usable
    from api_keys k join workspaces w on w.id = k.workspace_id
    where k.id = ${actor.keyId} and k.workspace_id = ${ctx.workspaceId} and k.sha256 = ${actor.keyHash}`);
  const key = KeyRow.optional().parse(rows[0]);
  if (key === undefined || !key.usable) throw new AppError('UNAUTHORIZED');
  if (!key.workspace_active) throw suspended();
  return { ...actor, mode: key.mode, scopes: key.scopes, sessionId: key.session_id };
}
