import { LIMITS } from '../../../shared/catalogue/limits.ts';

/** Sessions that a tier includes. `workspaces.max_sessions` overrides it for one workspace. */
export const TIER_SESSIONS = { basic: 5, pro: 20, max: 40 } as const;

/** Requests a minute that one key of a workspace may be given. */
export const TIER_PER_MINUTE = { basic: 600, pro: 6_000, max: 60_000 } as const;

/** Realtime connections that a workspace may have at once. */
export const TIER_SOCKETS = {
  basic: LIMITS.realtimeBasic.limit,
  pro: LIMITS.realtimePro.limit,
  max: LIMITS.realtimeMax.limit,
} as const;

const GB = 1024 ** 3;

/** Bytes of files that a workspace may keep: those that it uploaded or sent. */
export const TIER_MEDIA_BYTES = {
  basic: LIMITS.mediaBasic.limit * GB,
  pro: LIMITS.mediaPro.limit * GB,
  max: LIMITS.mediaMax.limit * GB,
} as const;

export type Tier = keyof typeof TIER_SESSIONS;

/** What stands in `workspaces.max_sessions` for no limit: the column's greatest number, so that every comparison holds. */
export const UNLIMITED_SESSIONS = 2_147_483_647;

/** A number of sessions as the API takes and shows it. */
export type SessionLimit = number | 'unlimited';

export const showLimit = (stored: number): SessionLimit =>
  stored === UNLIMITED_SESSIONS ? 'unlimited' : stored;

export const storeLimit = (limit: SessionLimit): number =>
  limit === 'unlimited' ? UNLIMITED_SESSIONS : limit;

/** How many sessions a workspace may have. */
export const sessionLimitOf = (row: { tier: Tier; maxSessions: number | null }): SessionLimit =>
  showLimit(row.maxSessions ?? TIER_SESSIONS[row.tier]);
