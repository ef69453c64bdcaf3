import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import {
  fromAllowedAddress,
  isPresented,
  isUsable,
  joinPerson,
  ownPerMinute,
  recordUse,
} from './key-state.ts';
import { addressNotAllowed, suspended } from './refusals.ts';
import { type KeyActor, keyOf } from './require-scope.ts';

const KeyRow = z.object({
  mode: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  session_id: z.string().nullable(),
  per_minute: z.number().nullable(),
  usable: z.boolean(),
  from_allowed_address: z.boolean(),
  workspace_active: z.boolean(),
  user_id: z.string().nullable(),
  member_role: z.enum(['owner', 'member']).nullable(),
  all_sessions: z.boolean().nullable(),
});

/**
 * Reads the state of the key that signed the request, by id and hash, and notes that it was used.
 * @throws AppError UNAUTHORIZED for a key that is unknown, revoked, paused or expired; FORBIDDEN for an address that it may
 * not be used from and for a suspended workspace
 */
export async function loadActor({
  ctx,
}: {
  ctx: ServiceContext;
}): Promise<{ actor: KeyActor; perMinute: number | null }> {
  const { workspaceId } = ctx;
  const actor = keyOf(ctx);
  const address = ctx.callerAddress ?? null;
  const { rows } = await ctx.db.execute(sql`
    with key as (
      select k.id, k.mode, k.scopes, k.session_id, ${ownPerMinute} as per_minute, w.is_active as workspace_active,
        k.user_id, holder.role as member_role, holder.all_sessions,
        ${isUsable} as usable, ${fromAllowedAddress(address)} as from_allowed_address
      from api_keys k join workspaces w on w.id = k.workspace_id ${joinPerson}
      where ${isPresented({ id: actor.keyId, workspaceId, hash: actor.keyHash })}
    ),
    used as (${recordUse})
    select * from key`);
  const key = KeyRow.optional().parse(rows[0]);
  if (key === undefined || !key.usable) throw new AppError('UNAUTHORIZED');
  if (!key.from_allowed_address) throw addressNotAllowed(address);
  if (!key.workspace_active) throw suspended();
  const { mode, scopes, session_id: sessionId, per_minute: perMinute } = key;
  return { actor: { ...actor, mode, scopes, sessionId, person: personOf(key) }, perMinute };
}

const personOf = (key: z.infer<typeof KeyRow>): KeyActor['person'] =>
  key.user_id === null || key.member_role === null || key.all_sessions === null
    ? null
    : { userId: key.user_id, role: key.member_role, allSessions: key.all_sessions };
