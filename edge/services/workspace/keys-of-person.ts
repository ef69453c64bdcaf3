import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { securityInsert } from '../audit/security-event.ts';
import { keyPolicies } from '../keys/key-limit.ts';

/** What becomes of keys whose person leaves or loses a right: they end, or the owner who acts takes them over. */
export type KeysFate = 'revoke' | 'take_over';

const KeyRef = z.object({ id: z.string(), name: z.string() });
/** In a statement that ends with `keysOutcome`. */
export const KeyRefs = z.array(KeyRef);

export type KeysOutcome = {
  revoked: z.infer<typeof KeyRefs>;
  takenOver: z.infer<typeof KeyRefs>;
};

/**
 * CTEs that settle keys of a person, with their security events: `settled(id, name)`.
 * @param which rows to settle: a FROM clause and its conditions, over `api_keys k`
 */
export function settleKeys(
  ctx: ServiceContext,
  { fate, newUserId, which }: { fate: KeysFate; newUserId: string; which: SQL },
): SQL {
  const change = fate === 'take_over' ? sql`user_id = ${newUserId}` : sql`revoked_at = now()`;
  return sql`
    settled as (
      update api_keys k set ${change} from ${which}
        and k.workspace_id = ${ctx.workspaceId} and k.revoked_at is null
      returning k.id, k.name
    ),
    settled_told as (${securityInsert(ctx, {
      action: fate === 'take_over' ? 'key.taken_over' : 'key.revoked',
      workspaceId: ctx.workspaceId,
      target: sql`settled.id`,
      details: sql`jsonb_build_object('name', settled.name)`,
      from: sql`settled`,
    })})`;
}

/**
 * CTEs that end the open invitations of a person who is an owner no more, with their security events.
 * @param whose a FROM clause and its conditions over \`invitations i\`
 */
export const endInvitations = (ctx: ServiceContext, whose: SQL): SQL => sql`
  uninvited as (
    delete from invitations i using ${whose}
      and i.workspace_id = ${ctx.workspaceId}
    returning i.id
  ),
  uninvited_told as (${securityInsert(ctx, {
    action: 'invitation.revoked',
    workspaceId: ctx.workspaceId,
    target: sql`uninvited.id`,
    from: sql`uninvited`,
  })})`;

/** The settled keys as one JSON column. */
export const settledKeys: SQL = sql`
  (select coalesce(json_agg(json_build_object('id', settled.id, 'name', settled.name)), '[]') from settled)`;

/** What the answer says of them. Drops the limiter's record of keys that ended. */
export function keysOutcome(
  ctx: ServiceContext,
  fate: KeysFate,
  keys: z.infer<typeof KeyRefs>,
): KeysOutcome {
  if (fate === 'take_over') return { revoked: [], takenOver: keys };
  for (const { id } of keys) ctx.waitUntil(ctx.rateLimiter.adjust(id, keyPolicies(null), 'forget'));
  return { revoked: keys, takenOver: [] };
}
