import { toHex } from '../../../shared/hex.ts';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { SessionProxy } from '../../../shared/protocol/leases.ts';
import type { SandboxProfile, SessionMode } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { workspaces } from '../../db/schema/index.ts';
import type { Origin } from '../../runners/regions.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { findPlace, growFleet, regionFor } from '../fleet/find-place.ts';
import { testKeyOnLive } from '../keys/refusals.ts';
import { diskWait, startLease } from '../ownership/internal.ts';
import { actorId, reachOf } from '../users/reach.ts';
import { findSession, wakeRunner } from './internal.ts';
import { proxyColumns } from './proxy.ts';
import { holdWorkspace, noRoom, roomCte } from './room.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { refuseTakenName } from './taken-name.ts';

export type CreateSessionInput = {
  name: string;
  mode: SessionMode;
  /** Of a sandbox session; null = the default build. */
  sandboxProfile: SandboxProfile | null;
  /** null = the workspace's, else the product's. */
  pacing: { minIntervalMs: number; jitterMs: number } | null;
  /** Instead of the workspace's. */
  region: string | null;
  proxy: SessionProxy | null;
  /** Undefined: the default of its mode. */
  firstContactsPerHour?: number | null | undefined;
  firstContactsPerDay?: number | null | undefined;
  /** Where the request came from: a session that says no region, in a workspace that has none, belongs near there. */
  origin?: Origin;
};

/** A person who types fast; what WhatsApp tolerates of a number that is not new. */
const DEFAULT_PACING = { minIntervalMs: 1500, jitterMs: 500 };

/** Of a live session. WhatsApp names no number; tools for unofficial clients advise 100 a day at most for a new one. */
export const DEFAULT_FIRST_CONTACTS = { perHour: 30, perDay: 100 };

const firstContactsOf = ({
  mode,
  firstContactsPerHour,
  firstContactsPerDay,
}: CreateSessionInput) => {
  const { perHour, perDay } =
    mode === 'live' ? DEFAULT_FIRST_CONTACTS : { perHour: null, perDay: null };
  return {
    perHour: firstContactsPerHour === undefined ? perHour : firstContactsPerHour,
    perDay: firstContactsPerDay === undefined ? perDay : firstContactsPerDay,
  };
};

const DEFAULT_PROFILE: SandboxProfile = 'stock';

const profileOf = ({ mode, sandboxProfile }: CreateSessionInput): SandboxProfile | null =>
  mode === 'sandbox' ? (sandboxProfile ?? DEFAULT_PROFILE) : null;

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
  const { pin, sandboxOnly } = reachOf(ctx);
  if (sandboxOnly && input.mode === 'live') throw testKeyOnLive();
  if (pin !== null)
    throw new AppError('FORBIDDEN', 'A key pinned to a session cannot create other sessions.');
  const region = input.region ?? regionFor(await regionOf(ctx), input.origin ?? {});
  const { runner } = await findPlace(ctx, { region, mode: input.mode, phoneNumber: null });
  const id = newId('session', ctx.now());
  await insert(ctx, id, { ...input, region }, runner?.runnerId ?? null);
  ctx.waitUntil(runner === null ? growFleet(ctx) : wakeRunner(ctx, runner));
  return viewSession(ctx, await findSession(ctx, id));
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
  const proxy = await proxyColumns(ctx, { sessionId: id, proxy: input.proxy });
  const { perHour, perDay } = firstContactsOf(input);
  const write = sql`
    with ${roomCte(workspaceId)},
    created as (
      insert into sessions (id, workspace_id, name, mode, sandbox_profile, region, wire_key, created_by,
        min_interval_ms, jitter_ms, first_contacts_per_hour, first_contacts_per_day, proxy_sealed, proxy_shown)
      select ${id}, room.id, ${input.name}, ${input.mode}, ${profileOf(input)}::text,
        coalesce(${input.region}::text, room.region),
        ${newWireKey()}, ${actorId(ctx)}::text,
        coalesce(${input.pacing?.minIntervalMs ?? null}::int, room.min_interval_ms, ${DEFAULT_PACING.minIntervalMs}::int),
        coalesce(${input.pacing?.jitterMs ?? null}::int, room.jitter_ms, ${DEFAULT_PACING.jitterMs}::int),
        ${perHour}::int, ${perDay}::int, ${proxy.sealed}::text, ${proxy.shown}::text
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
      ctx.db.execute(holdWorkspace(workspaceId)),
      ctx.db.execute(write),
      ctx.db.execute(startLease(id, runnerId, diskWait(ctx.env))),
    ]),
  );
  const outcome = Outcome.parse(rows[0]);
  if (outcome.session_id === null) throw noRoom(outcome);
}

const newWireKey = (): string => toHex(crypto.getRandomValues(new Uint8Array(32)));
