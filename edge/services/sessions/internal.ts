import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { runners, sessionLeases, sessionLog, sessions, workspaces } from '../../db/schema/index.ts';
import { describeError } from '../../log/describe-error.ts';
import type { RunnerAddress, SessionAddress } from '../../runners/port.ts';
import { isOwned } from '../ownership/internal.ts';
import { waitsForCapacity } from '../ownership/reserved-places.ts';
import { hidesFrom, reachOf, refuseBeyond, withinReach } from '../users/reach.ts';

export type SessionRow = {
  session: typeof sessions.$inferSelect;
  lease: typeof sessionLeases.$inferSelect | null;
  /** The runner process that the lease names, while it is the one that heartbeats. */
  runner: typeof runners.$inferSelect | null;
  /** Whether the status is the word of the present owner: its lease runs, and it has started the engine. */
  ownerSpeaks: boolean;
  /** Since when it has its status. */
  statusSince: Date | null;
  /** Wanted running, and no runner has a place for it. */
  waitsForCapacity: boolean;
  isDefault: boolean;
};

/** Over a session with its runner. On the database's clock, as leases are. */
const ownerSpeaks = sql<boolean>`(${runners.id} is not null and exists (
  select from session_leases l
  where l.session_id = ${sessions.id} and ${isOwned()} and l.started_epoch = l.epoch))`;

/** After the last entry of another status: errors of the page and the like are entries of the status that it has. */
const statusSince = sql<Date | null>`(select min(log.at) from session_log log
  where log.session_id = ${sessions.id} and log.attempt is null and log.status = ${sessions.status}
    and log.at >= coalesce((select max(other.at) from session_log other
      where other.session_id = ${sessions.id} and other.attempt is null and other.status <> ${sessions.status}),
      '-infinity'))`.mapWith(sessionLog.at);

/** What a session's name is looked up by, and is unique in. */
export const lowerName = sql`lower(${sessions.name})`;

/** A query for sessions with lease and owner, whosever they are. */
export const sessionRows = ({ db, env }: Pick<ServiceContext, 'db' | 'env'>) =>
  db
    .select({
      session: sessions,
      lease: sessionLeases,
      runner: runners,
      ownerSpeaks,
      statusSince,
      waitsForCapacity: waitsForCapacity(sql`${sessions.id}`, env),
      defaultSessionId: workspaces.defaultSessionId,
    })
    .from(sessions)
    .innerJoin(workspaces, eq(workspaces.id, sessions.workspaceId))
    .leftJoin(sessionLeases, eq(sessionLeases.sessionId, sessions.id))
    .leftJoin(
      runners,
      and(eq(runners.id, sessionLeases.runnerId), eq(runners.bootId, sessionLeases.bootId)),
    )
    .$dynamic();

/** The same within one workspace. */
export const selectSessions = (ctx: ServiceContext, where: SQL | undefined) =>
  sessionRows(ctx).where(and(eq(sessions.workspaceId, ctx.workspaceId), where));

/**
 * The session that an id or name means to this caller; an archived one only where `archived` says so.
 * @param idOrName as `nameKey` gives it; null: the session that the key is pinned to, or else the workspace's default
 * @throws AppError SESSION_NOT_FOUND, also for a member without reach; FORBIDDEN when a key does not reach it;
 *   VALIDATION_ERROR where null means no session
 */
export async function findSession(
  ctx: ServiceContext,
  idOrName: string | null,
  { archived = false }: { archived?: boolean } = {},
): Promise<SessionRow> {
  const reach = reachOf(ctx);
  const ref = idOrName ?? reach.pin;
  const [found] = await selectSessions(
    ctx,
    and(
      ref === null
        ? eq(sessions.id, workspaces.defaultSessionId)
        : or(eq(sessions.id, ref), eq(lowerName, ref)),
      archived ? undefined : isNull(sessions.archivedAt),
      withinReach(hidesFrom(reach), sessions),
    ),
  ).limit(1);
  if (found === undefined)
    throw ref === null ? sessionNotNamed() : new AppError('SESSION_NOT_FOUND');
  ctx.noted.sessionId = found.session.id;
  refuseBeyond(reach, found.session);
  const { defaultSessionId, ...row } = found;
  return { ...row, isDefault: defaultSessionId === row.session.id };
}

export const sessionNotNamed = (): AppError =>
  new AppError(
    'VALIDATION_ERROR',
    'Pass `sessionId`: this key is not pinned to a session and the workspace has no default session.',
    { fields: [{ in: 'body', field: 'sessionId', message: 'required here' }] },
  );

/**
 * The id of the session that a list is narrowed to, which may be archived; null for all.
 * @throws AppError as `findSession`
 */
export const filteredSession = async (
  ctx: ServiceContext,
  session: string | null,
): Promise<string | null> =>
  session === null ? null : (await findSession(ctx, session, { archived: true })).session.id;

/** Where the session's owner is reached; null while nobody has taken it up. */
export function ownerOf({ session, lease, runner }: SessionRow): SessionAddress | null {
  if (lease === null || runner === null) return null;
  return {
    sessionId: session.id,
    epoch: lease.epoch,
    runnerId: runner.id,
    bootId: runner.bootId,
    url: runner.url,
  };
}

/** @throws AppError SESSION_NOT_READY for a stopped session: no runner has it, and only a start brings it back */
export function requireStarted({ session, lease }: SessionRow): void {
  if (lease?.desired === 'running') return;
  throw new AppError(
    'SESSION_NOT_READY',
    'The session is stopped; start it first with POST /v1/sessions/:id/start.',
    { status: session.status },
  );
}

/** For a session without an owner, of which something is asked that only an owner can do. */
export const noRunnerYet = ({ session: { status }, waitsForCapacity }: SessionRow): AppError =>
  waitsForCapacity
    ? noPlaceYet(status)
    : new AppError('SESSION_NOT_READY', 'No runner has taken the session yet.', { status });

export const noPlaceYet = (status: string | null): AppError =>
  new AppError(
    'SESSION_NOT_READY',
    'No runner has a place for the session now. It starts by itself as soon as one has; try again later.',
    { status, reason: 'waiting_for_capacity' },
  );

/** A runner holds it and may have a browser for it; otherwise only a start brings one. */
export const isHeld = ({ session, lease }: SessionRow): boolean =>
  lease?.desired === 'running' && session.status !== 'logged_out' && session.status !== 'failed';

/** States of a session that shows a code, or would if it ran. */
const UNLINKED: ReadonlySet<string> = new Set(['created', 'qr', 'pairing_code', 'logged_out']);

/** A phone has it among its linked devices, as far as is known. */
export const isLinked = ({ session }: SessionRow): boolean =>
  !UNLINKED.has(session.status) &&
  !session.reason.startsWith('qr_timeout') &&
  (session.phoneNumber !== null || session.status === 'authenticating');

/** True when a runner says that it does not hold the session: it was stopped, deleted or handed on in this moment. */
export const isNotHeldThere = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'UNAVAILABLE' &&
  ['session_not_found', 'conflict'].includes(String(error.details?.['reason']));

/** Asks a runner to heartbeat now, so that it learns at once what is wanted of it. Its next heartbeat would tell it too. */
export async function wakeRunner(ctx: ServiceContext, address: RunnerAddress): Promise<void> {
  try {
    await ctx.runners.wake(address);
  } catch (error) {
    const { requestId } = ctx;
    const { runnerId } = address;
    ctx.log({ event: 'wake_failed', requestId, runnerId, ...describeError(error) });
  }
}
