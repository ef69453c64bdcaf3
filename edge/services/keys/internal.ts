import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { hashApiKey, mintApiKey } from '../../../shared/api-key.ts';
import type { ServiceContext } from '../../context.ts';
import { apiKeys, workspaces } from '../../db/schema/index.ts';
import { findSession } from '../sessions/internal.ts';
import { type Tier, TIER_PER_MINUTE } from '../sessions/tiers.ts';
import { personOf, reachOf } from '../users/reach.ts';
import { userOf } from '../users/require-role.ts';
import type { KeyRow } from './key-view.ts';
import { excessOver, grants, type Power, type Powers, reaches } from './powers.ts';
import { beyondRole, keyNotFound, testKeyOnLive, widens } from './refusals.ts';
import { MEMBER_GRANTS } from './require-scope.ts';

/** Who makes, changes or looks at keys: the key, or the person, whose powers bound theirs. */
export type Holder = Powers & {
  /** Whom the keys that they make belong to. */
  userId: string | null;
  /** Itself, when it is a key. */
  key: KeyRow | null;
};

/**
 * The workspace's keys that were not revoked and that the caller may see, and the caller's own powers. Members, and keys of theirs, see what belongs to them; owners see all.
 */
export async function readKeys(ctx: ServiceContext): Promise<{ rows: KeyRow[]; holder: Holder }> {
  const read = await ctx.db
    .select({ key: apiKeys, tier: workspaces.tier })
    .from(apiKeys)
    .innerJoin(workspaces, eq(workspaces.id, apiKeys.workspaceId))
    .where(and(eq(apiKeys.workspaceId, ctx.workspaceId), isNull(apiKeys.revokedAt)))
    .orderBy(apiKeys.createdAt, apiKeys.id);
  const rows = read.map(({ key }) => key);
  const ceiling = TIER_PER_MINUTE[read[0]?.tier ?? (await tierOf(ctx))];
  const holder = holderOf(ctx, rows, ceiling);
  return { rows: rows.filter((row) => isShown(ctx, holder, row)), holder };
}

/** A workspace without a key. */
async function tierOf({ db, workspaceId }: ServiceContext): Promise<Tier> {
  const [row] = await db
    .select({ tier: workspaces.tier })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  return row?.tier ?? 'basic';
}

function holderOf(ctx: ServiceContext, rows: readonly KeyRow[], perMinute: number): Holder {
  const { actor } = ctx;
  if (actor.type === 'apiKey') {
    const key = rows.find(({ id }) => id === actor.keyId);
    // Revoked since the request began.
    if (key === undefined) throw new AppError('UNAUTHORIZED');
    if (actor.person?.role !== 'member') return { ...key, key };
    return { ...key, key, scopes: MEMBER_GRANTS.filter((grant) => grants(key.scopes, grant)) };
  }
  const { userId, role } = userOf(ctx);
  const scopes = role === 'owner' ? ['*'] : MEMBER_GRANTS;
  const unbound = { mode: 'live', sessionId: null, expiresAt: null, allowedIps: null } as const;
  return { ...unbound, scopes, perMinute, userId, key: null };
}

function isShown(ctx: ServiceContext, holder: Holder, row: KeyRow): boolean {
  const person = personOf(ctx);
  if (person?.role === 'member' && row.userId !== person.userId) return false;
  return holder.key === null || reaches(holder, row);
}

/**
 * The key to act on, and what holds the caller back.
 * @throws AppError NOT_FOUND, also for another workspace's key and one that the caller does not reach
 */
export async function findKey(
  ctx: ServiceContext,
  id: string,
): Promise<{ row: KeyRow; holder: Holder }> {
  const { rows, holder } = await readKeys(ctx);
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw keyNotFound();
  return { row, holder };
}

/**
 * The key to change or revoke. People may do so with any key that they see: that gives nobody more than they have.
 * @throws AppError NOT_FOUND as `findKey`; FORBIDDEN when a key acts on one with more scopes than its own
 */
export async function findKeyToChange(
  ctx: ServiceContext,
  id: string,
): Promise<{ row: KeyRow; holder: Holder }> {
  const { row, holder } = await findKey(ctx, id);
  if (holder.key !== null) refuseExcess(holder, row, ['scopes']);
  return { row, holder };
}

/** @throws AppError FORBIDDEN when a key can do more than who makes, changes or rotates it */
export function refuseExcess(holder: Holder, wanted: Powers, respects?: readonly Power[]): void {
  const excess = excessOver(holder, wanted, respects);
  if (excess !== null) throw holder.key === null ? beyondRole(excess) : widens(excess);
}

/** @throws AppError FORBIDDEN when a key would reach more sessions than the member who makes or changes it */
export function requirePin(ctx: ServiceContext, sessionId: string | null): void {
  if (sessionId === null && reachOf(ctx).createdBy !== null)
    throw new AppError(
      'FORBIDDEN',
      'Pin the key to a session with `sessionId`: you can reach only those that you created.',
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
