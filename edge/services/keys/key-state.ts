import { type SQL, sql } from 'drizzle-orm';
import { TIER_PER_MINUTE } from '../sessions/tiers.ts';

/**
 * What a key's row must say for a request to pass: conditions over `api_keys k`, shared by the statement that reads the
 * key alone and by the one that sends.
 */

export type PresentedKey = { id: string; workspaceId: string; hash: string };

/** The row of this very key: its present one, or the one before a rotation while that overlaps. */
export const isPresented = ({ id, workspaceId, hash }: PresentedKey): SQL => sql`
  k.id = ${id} and k.workspace_id = ${workspaceId}
  and (k.sha256 = ${hash} or (k.previous_sha256 = ${hash} and k.previous_until > now()))`;

/** The person that the key belongs to, and what they are in its workspace. */
export const joinPerson: SQL = sql`
  left join users person on person.id = k.user_id
  left join members holder on holder.workspace_id = k.workspace_id and holder.user_id = k.user_id`;

/** Beside its own state: who belongs to a person works as long as that person is let in. */
export const isUsable: SQL = sql`
  (k.is_active and k.revoked_at is null and coalesce(k.expires_at > now(), true)
    and (k.user_id is null or (person.is_active and holder.user_id is not null)))`;

/** Id of the member behind the key who reaches only what they created; null when nobody holds it to that. */
export const onlyCreatedBy: SQL = sql`
  (case when holder.role = 'owner' or holder.all_sessions then null else k.user_id end)`;

/** Requests a minute of its own, and never more than the tier of workspace `w` allows; null = the default. */
export const ownPerMinute: SQL = sql`
  (case when k.per_minute is not null
    then least(k.per_minute, (${JSON.stringify(TIER_PER_MINUTE)}::jsonb ->> w.tier::text)::int) end)`;

/** A key with an allow-list is refused when the caller's address is not known. */
export const fromAllowedAddress = (address: string | null): SQL => sql`
  (k.allowed_ips is null or coalesce(${address}::inet <<= any(k.allowed_ips::inet[]), false))`;

/**
 * Notes the use of the key in the CTE `key`, at most once a minute. Nothing refers to it, so that PostgreSQL runs it after
 * the rest of its statement, and its row lock is held for the shortest time.
 */
export const recordUse: SQL = sql`
  update api_keys set last_used_at = date_trunc('minute', now())
  from key
  where api_keys.id = key.id and key.usable and key.from_allowed_address
    and (api_keys.last_used_at is null or api_keys.last_used_at < date_trunc('minute', now()))`;
