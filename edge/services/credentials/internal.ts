import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { CredentialsHolder } from '../../../shared/protocol/credentials.ts';

/**
 * SQL that the ways of a credential share. `c` is session_credentials, `l` session_leases, `s` sessions.
 */

/**
 * True for the owner that says so. Its lease may have run out: as long as nobody took the session over, what it has is the
 * newest there is, and it may take the time that a large upload needs after a stop.
 */
export const isHolder = (holder: CredentialsHolder): SQL => sql`(
  l.session_id = ${holder.sessionId} and l.epoch = ${holder.epoch}::int
  and l.runner_id = ${holder.runnerId} and l.boot_id = ${holder.bootId})`;

/** CTE `owner`: the session while it is the holder's; a takeover waits until the statement is over. */
export const ownerCte = (holder: CredentialsHolder): SQL => sql`owner as (
  select s.id as session_id, s.workspace_id
  from session_leases l join sessions s on s.id = l.session_id
  where ${isHolder(holder)}
  for share of l
)`;

/**
 * Statement (or CTE, `sessionId` being a column of another): the link is gone, so no copy of it is handed out any more.
 * They are kept for a week, since a wrong "logged out" can then still be looked into.
 */
export const quarantineCredentials = (sessionId: SQL | string): SQL => sql`
  update session_credentials c set status = 'quarantined', quarantined_at = now()
  where c.session_id = ${sessionId} and c.status in ('pending', 'current', 'previous')`;

export const StoredBundle = z.object({
  version: z.number(),
  epoch: z.number(),
  format: z.string(),
  formatVersion: z.number(),
  seal: z.number(),
  status: z.enum(['current', 'previous']),
  workspaceId: z.string(),
  objectKey: z.string(),
  /** Base64. */
  inline: z.string().nullable(),
  sha256: z.string(),
  sizeBytes: z.coerce.number(),
  wrappedKey: z.string(),
  masterKeyVersion: z.string(),
  phoneNumber: z.string(),
  /** It lacks the session's newest keys. */
  isOld: z.boolean(),
});
export type StoredBundle = z.infer<typeof StoredBundle>;
