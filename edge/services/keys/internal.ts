import { and, eq, isNull, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { hashApiKey, mintApiKey } from '../../../shared/api-key.ts';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { findSession } from '../sessions/internal.ts';
import { hidesFrom, reachOf, S, withinReach } from '../users/reach.ts';
import type { KeyRow } from './key-view.ts';
import { excessOver, type Power, type Powers, reaches } from './powers.ts';
import { keyNotFound, testKeyOnLive, widens } from './refusals.ts';

/**
 * The workspace's keys that were not revoked and that the caller reaches, how many there are in all, and the key that
 * holds the caller back; null when they are a user. A member without all sessions sees the keys of those they reach.
 */
export async function readKeys(
  ctx: ServiceContext,
): Promise<{ rows: KeyRow[]; total: number; holder: Powers | null }> {
  const within = withinReach(hidesFrom(reachOf(ctx)), S);
  const reached =
    within === undefined
      ? sql<boolean>`true`
      : sql<boolean>`exists (select 1 from sessions s where s.id = api_keys.session_id and ${within})`;
  const read = await ctx.db
    .select({ key: apiKeys, reached })
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, ctx.workspaceId), isNull(apiKeys.revokedAt)))
    .orderBy(apiKeys.createdAt, apiKeys.id);
  const total = read.length;
  const rows = read.filter((row) => row.reached).map(({ key }) => key);
  const { actor } = ctx;
  if (actor.type !== 'apiKey') return { rows, total, holder: null };
  const holder = rows.find(({ id }) => id === actor.keyId);
  // Revoked since the request began.
  if (holder === undefined) throw new AppError('UNAUTHORIZED');
  return { rows: rows.filter((row) => reaches(holder, row)), total, holder };
}

/**
 * The key to change, and what holds the caller back.
 * @throws AppError NOT_FOUND, also for another workspace's key and one that the caller does not reach; FORBIDDEN for one
 * that can do more than the caller, in these respects
 */
export async function findKey(
  ctx: ServiceContext,
  id: string,
  respects?: readonly Power[],
): Promise<{ row: KeyRow; holder: Powers | null }> {
  const { rows, holder } = await readKeys(ctx);
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw keyNotFound();
  refuseExcess(holder, row, respects);
  return { row, holder };
}

/** @throws AppError FORBIDDEN when a key can do more than the one that makes, changes or rotates it */
export function refuseExcess(
  holder: Powers | null,
  wanted: Powers,
  respects?: readonly Power[],
): void {
  const excess = holder === null ? null : excessOver(holder, wanted, respects);
  if (excess !== null) throw widens(excess);
}

/** @throws AppError FORBIDDEN when a key would reach more sessions than the member who makes or changes it */
export function requirePin(ctx: ServiceContext, sessionId: string | null): void {
  if (sessionId === null && reachOf(ctx).createdBy !== null)
    throw new AppError(
      'FORBIDDEN',
      'Pin the key to a session with `sessionId`: you reach only those that you created.',
      { required: 'sessionId' },
    );
}

export const keyById = (ctx: ServiceContext, id: string) =>
  and(eq(apiKeys.workspaceId, ctx.workspaceId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt));

/**
 * The id of the session to pin a key to, from its id or name.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN when a key of this mode, or the caller, does not reach it
 */
export async function pinOf(
  ctx: ServiceContext,
  mode: 'live' | 'test',
  session: string | null,
): Promise<string | null> {
  if (session === null) return null;
  const found = await findSession(ctx, session);
  if (mode === 'test' && found.session.mode === 'live') throw testKeyOnLive();
  return found.session.id;
}

/** A new key for a row, and the hash to keep of it. */
export async function mintFor(
  ctx: ServiceContext,
  row: Pick<KeyRow, 'id' | 'mode' | 'perMinute'>,
): Promise<{ key: string; sha256: string }> {
  const { id: keyId, mode, perMinute } = row;
  const { workspaceId, env } = ctx;
  const claims = { keyId, workspaceId, mode, perMinute: perMinute ?? undefined };
  const key = await mintApiKey(claims, env.API_KEY_SIGNING_KEY);
  return { key, sha256: await hashApiKey(key) };
}
