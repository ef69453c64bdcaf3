import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Actor, ServiceContext } from '../../context.ts';
import { alignLimit } from './key-limit.ts';
import { fromAllowedAddress, isPresented, isUsable, recordUse } from './key-state.ts';
import { addressNotAllowed, suspended } from './refusals.ts';

const KeyRow = z.object({
  mode: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  session_id: z.string().nullable(),
  per_minute: z.number().nullable(),
  usable: z.boolean(),
  from_allowed_address: z.boolean(),
  workspace_active: z.boolean(),
});

/**
 * Reads the state of the key that signed the request, by id and hash, and notes that it was used.
 * @throws AppError UNAUTHORIZED for a key that is unknown, revoked, paused or expired; FORBIDDEN for an address that it may
 * not be used from and for a suspended workspace
 */
export async function loadActor({ ctx }: { ctx: ServiceContext }): Promise<Actor> {
  const { actor, workspaceId } = ctx;
  if (actor.type !== 'apiKey') return actor;
  const address = ctx.callerAddress ?? null;
  const { rows } = await ctx.db.execute(sql`
    with key as (
      select k.id, k.mode, k.scopes, k.session_id, k.per_minute, w.is_active as workspace_active,
        ${isUsable} as usable, ${fromAllowedAddress(address)} as from_allowed_address
      from api_keys k join workspaces w on w.id = k.workspace_id
      where ${isPresented({ id: actor.keyId, workspaceId, hash: actor.keyHash })}
    ),
    used as (${recordUse})
    select * from key`);
  const key = KeyRow.optional().parse(rows[0]);
  if (key === undefined || !key.usable) throw new AppError('UNAUTHORIZED');
  if (!key.from_allowed_address) throw addressNotAllowed(address);
  if (!key.workspace_active) throw suspended();
  alignLimit(ctx, key.per_minute);
  return { ...actor, mode: key.mode, scopes: key.scopes, sessionId: key.session_id };
}
