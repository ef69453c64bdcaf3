import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { pinnedElsewhere, testKeyOnLive } from '../keys/refusals.ts';

/** Which sessions of the workspace a caller reaches: those that fit all three; what is null or false narrows nothing. */
export type Reach = {
  /** The session that the key is pinned to. */
  pin: string | null;
  /** A test key can reach sandbox sessions only. */
  sandboxOnly: boolean;
  /** Id of the member who reaches only what they, or keys they made, created. */
  createdBy: string | null;
};

/** @throws AppError UNAUTHORIZED for runners and jobs, which reach nothing by themselves */
export function reachOf({ actor }: Pick<ServiceContext, 'actor'>): Reach {
  switch (actor.type) {
    case 'apiKey':
      return {
        pin: actor.sessionId,
        sandboxOnly: actor.mode === 'test',
        createdBy: actor.person === null ? null : onlyCreatedBy(actor.person),
      };
    case 'user':
      return { pin: null, sandboxOnly: false, createdBy: onlyCreatedBy(actor) };
    case 'runner':
    case 'system':
      throw new AppError('UNAUTHORIZED');
  }
}

/** Whose rights the caller acts with; null for a key of the workspace itself. */
export function personOf({ actor }: Pick<ServiceContext, 'actor'>) {
  if (actor.type === 'apiKey') return actor.person;
  return actor.type === 'user' ? actor : null;
}

const onlyCreatedBy = (person: {
  userId: string;
  role: 'owner' | 'member';
  allSessions: boolean;
}): string | null => (person.role === 'owner' || person.allSessions ? null : person.userId);

export const reachesAll = ({ pin, sandboxOnly, createdBy }: Reach): boolean =>
  pin === null && !sandboxOnly && createdBy === null;

/** Columns of the row of `sessions` that is asked about. */
type SessionColumns = Record<'id' | 'mode' | 'createdBy', SQL | AnyColumn>;

/** The sessions `s` of a raw statement. */
export const SESSION_COLUMNS: SessionColumns = {
  id: sql`s.id`,
  mode: sql`s.mode`,
  createdBy: sql`s.created_by`,
};

/** Whether a session was created by this member, or by a key of theirs. `member` null: by anybody. */
export const createdByMember = ({ createdBy }: SessionColumns, member: SQL | string): SQL => sql`
  (${createdBy} = ${member} or exists (
    select 1 from api_keys maker where maker.id = ${createdBy} and maker.user_id = ${member}))`;

/** The caller's reach as a condition over a row of `sessions`; undefined when it narrows nothing. */
export function withinReach(
  { pin, sandboxOnly, createdBy }: Reach,
  columns: SessionColumns,
): SQL | undefined {
  const conditions = [
    ...(pin === null ? [] : [sql`${columns.id} = ${pin}`]),
    ...(sandboxOnly ? [sql`${columns.mode} = 'sandbox'`] : []),
    ...(createdBy === null ? [] : [createdByMember(columns, createdBy)]),
  ];
  return conditions.length === 0 ? undefined : sql`(${sql.join(conditions, sql` and `)})`;
}

/**
 * Tells a key why it does not reach a session that its workspace has. A member without reach is told nothing: to them it
 * is not there, which `hidesFrom` puts into the query.
 * @throws AppError FORBIDDEN
 */
export function refuseBeyond(
  { pin, sandboxOnly }: Reach,
  session: { id: string; mode: 'live' | 'sandbox' },
): void {
  if (pin !== null && pin !== session.id) throw pinnedElsewhere();
  if (sandboxOnly && session.mode === 'live') throw testKeyOnLive();
}

/** The part of a reach that hides sessions instead of refusing them. */
export const hidesFrom = ({ createdBy }: Reach): Reach => ({
  pin: null,
  sandboxOnly: false,
  createdBy,
});

/** Id of whoever acts, for `created_by`; null for runners and jobs. */
export function actorId({ actor }: Pick<ServiceContext, 'actor'>): string | null {
  if (actor.type === 'apiKey') return actor.keyId;
  return actor.type === 'user' ? actor.userId : null;
}
