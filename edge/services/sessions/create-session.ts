import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { SandboxProfile, SessionMode } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { workspaces } from '../../db/schema/index.ts';
import { choosePlacement } from '../../runners/placement.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import { testKeyOnLive } from '../keys/refusals.ts';
import { actorId, reachOf } from '../users/reach.ts';
import { loadRunners, startLease } from '../ownership/internal.ts';
import { findSession, wakeRunner } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { TIER_SESSIONS } from './tiers.ts';

export type CreateSessionInput = {
  name: string;
  mode: SessionMode;
  sandboxProfile: SandboxProfile | null;
  /** null = the workspace's, else the product's. */
  pacing: { minIntervalMs: number; jitterMs: number } | null;
};

/** A person who types fast; what WhatsApp tolerates of a number that is not new. */
const DEFAULT_PACING = { minIntervalMs: 1500, jitterMs: 500 };

const Outcome = z.object({
  session_id: z.string().nullable(),
  used: Count,
  allowed: Count,
});

/**
 * Creates a session that is wanted running, and places it on a runner with room if there is one. A workspace's first
 * session becomes its default.
 * @throws AppError LIMIT_EXCEEDED when the tier has no place left, CONFLICT for a name that is taken, FORBIDDEN for a
 *   test key that asks for a live session or a key pinned to one
 */
export async function createSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: CreateSessionInput;
}): Promise<SessionView> {
  requireScope(ctx, 'sessions:write');
  const { pin, sandboxOnly } = reachOf(ctx);
  if (sandboxOnly && input.mode === 'live') throw testKeyOnLive();
  if (pin !== null)
    throw new AppError('FORBIDDEN', 'A key pinned to a session cannot create others.');
  const runner = choosePlacement(await loadRunners(ctx.db), { region: await regionOf(ctx) });
  const id = newId('session', ctx.now());
  await insert(ctx, id, input, runner?.runnerId ?? null);
  if (runner !== null) ctx.waitUntil(wakeRunner(ctx, runner));
  return viewSession(await findSession(ctx, id));
}

async function regionOf(ctx: ServiceContext): Promise<string | null> {
  const [row] = await ctx.db
    .select({ region: workspaces.region })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.workspaceId));
  return row?.region ?? null;
}

/**
 * One transaction of three statements. The first locks the workspace, so that the count of the second sees every session
 * that was created before (in one statement it would be as old as the wait for the lock); the third gives the new lease,
 * if there is one, to the runner.
 */
async function insert(
  ctx: ServiceContext,
  id: string,
  input: CreateSessionInput,
  runnerId: string | null,
): Promise<void> {
  const { workspaceId } = ctx;
  const allowed = sql`coalesce(w.max_sessions, case w.tier
    when 'max' then ${TIER_SESSIONS.max}::int when 'pro' then ${TIER_SESSIONS.pro}::int else ${TIER_SESSIONS.basic}::int end)`;
  const write = sql`
    with room as (
      select w.id, w.region, ${allowed} as allowed,
        coalesce(${input.pacing?.minIntervalMs ?? null}::int, w.min_interval_ms, ${DEFAULT_PACING.minIntervalMs}::int) as min_interval_ms,
        coalesce(${input.pacing?.jitterMs ?? null}::int, w.jitter_ms, ${DEFAULT_PACING.jitterMs}::int) as jitter_ms,
        (select count(*) from sessions s where s.workspace_id = w.id and s.archived_at is null) as used
      from workspaces w where w.id = ${workspaceId}
    ),
    created as (
      insert into sessions (id, workspace_id, name, mode, sandbox_profile, region, wire_key, created_by,
        min_interval_ms, jitter_ms)
      select ${id}, room.id, ${input.name}, ${input.mode}, ${input.sandboxProfile}::text, room.region,
        ${newWireKey()}, ${actorId(ctx)}::text, room.min_interval_ms, room.jitter_ms
      from room where room.used < room.allowed
      returning id
    ),
    leased as (
      insert into session_leases (session_id, desired) select id, 'running' from created
    ),
    logged as (
      insert into session_log (session_id, status, reason) select id, 'created', 'created' from created
    ),
    defaulted as (
      update workspaces w set default_session_id = created.id from created
      where w.id = ${workspaceId} and w.default_session_id is null
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'created' })})
    select created.id as session_id, room.used, room.allowed from room left join created on true`;
  const [, { rows }] = await refuseTakenName(
    ctx.db.batch([
      ctx.db.execute(sql`select 1 from workspaces where id = ${workspaceId} for update`),
      ctx.db.execute(write),
      ctx.db.execute(startLease(id, runnerId)),
    ]),
  );
  const outcome = Outcome.parse(rows[0]);
  if (outcome.session_id === null)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `This workspace has ${outcome.used} of ${outcome.allowed} sessions; delete one or raise the tier.`,
      { used: outcome.used, allowed: outcome.allowed },
    );
}

/** The database refuses a second session of the same name; everything else it says is not the caller's to know. */
async function refuseTakenName<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (violates(error, 'sessions_workspace_name'))
      throw new AppError('CONFLICT', 'A session of this name already exists.', { field: 'name' });
    throw error;
  }
}

const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Error &&
  (('constraint' in error && error.constraint === constraint) || violates(error.cause, constraint));

function newWireKey(): string {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
