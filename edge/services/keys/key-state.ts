import { type SQL, sql } from 'drizzle-orm';

/**
 * What a key's row must say for a request to pass: conditions over `api_keys k`, shared by the statement that reads the
 * key alone and by the one that sends.
 */

export type PresentedKey = { id: string; workspaceId: string; hash: string };

/** The row of this very key: its present one, or the one before a rotation while that overlaps. */
export const isPresented = ({ id, workspaceId, hash }: PresentedKey): SQL => sql`
  k.id = ${id} and k.workspace_id = ${workspaceId}
  and (k.sha256 = ${hash} or (k.previous_sha256 = ${hash} and k.previous_until > now()))`;

export const isUsable: SQL = sql`
  (k.is_active and k.revoked_at is null and coalesce(k.expires_at > now(), true))`;

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
