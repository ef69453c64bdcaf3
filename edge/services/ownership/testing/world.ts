import { eq, type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../../shared/ids.ts';
import type { HeartbeatRequest, HeartbeatResponse } from '../../../../shared/protocol/leases.ts';
import type { SessionStatus } from '../../../../shared/session-status.ts';
import { createHarness } from '../../../testing/harness.ts';
import { heartbeat } from '../heartbeat.ts';

/** What a session is given in a test; times are seconds from now on the database's clock. */
type GivenSession = {
  status?: SessionStatus;
  archived?: boolean;
  phoneNumber?: string;
  runnerId?: string | null;
  bootId?: string | null;
  epoch?: number;
  leaseIn?: number | null;
  desired?: 'running' | 'stopped';
  started?: { epoch: number; runnerId: string; bootId: string };
  keptEpoch?: number;
};

/**
 * A database of one test's own: heartbeats reach for every free session there is, so that tests cannot share one.
 */
export async function ownershipWorld() {
  const harness = await createHarness();
  const { db, schema } = harness;
  const services = harness.services();
  const { workspaceId } = await harness.newWorkspace();

  const lease = async (sessionId: string) => {
    const [row] = await db
      .select()
      .from(schema.sessionLeases)
      .where(eq(schema.sessionLeases.sessionId, sessionId));
    if (row === undefined) throw new Error(`no lease of ${sessionId}`);
    return row;
  };

  return {
    harness,
    services,
    db,
    schema,
    workspaceId,
    lease,

    session: async (given: GivenSession = {}): Promise<string> => {
      const { id } = await harness.newSession({ workspaceId, status: given.status ?? 'online' });
      if (given.phoneNumber !== undefined)
        await db
          .update(schema.sessions)
          .set({ phoneNumber: given.phoneNumber })
          .where(eq(schema.sessions.id, id));
      if (given.archived === true)
        await db
          .update(schema.sessions)
          .set({ archivedAt: new Date() })
          .where(eq(schema.sessions.id, id));
      await db
        .update(schema.sessionLeases)
        .set({
          runnerId: given.runnerId ?? null,
          bootId: given.bootId ?? null,
          epoch: given.epoch ?? 0,
          desired: given.desired ?? 'running',
          leaseUntil:
            given.leaseIn == null ? null : sql`now() + ${given.leaseIn}::int * interval '1 second'`,
          startedEpoch: given.started?.epoch ?? null,
          startedRunnerId: given.started?.runnerId ?? null,
          startedBootId: given.started?.bootId ?? null,
          keptEpoch: given.keptEpoch ?? null,
        })
        .where(eq(schema.sessionLeases.sessionId, id));
      return id;
    },

    /** Lets a lease have run out this many seconds ago. */
    lapse: (sessionId: string, secondsAgo: number) =>
      db
        .update(schema.sessionLeases)
        .set({ leaseUntil: sql`now() - ${secondsAgo}::int * interval '1 second'` })
        .where(eq(schema.sessionLeases.sessionId, sessionId)),

    /** Waits until another transaction holds the row. */
    untilLocked: async (row: SQL): Promise<void> => {
      const deadline = Date.now() + 5_000;
      for (;;) {
        const { rows } = await db.execute(sql`select 1 from ${row} for update skip locked`);
        if (rows.length === 0) return;
        if (Date.now() > deadline) throw new Error('the row was never locked');
      }
    },

    history: (sessionId: string) =>
      db
        .select()
        .from(schema.leaseHistory)
        .where(eq(schema.leaseHistory.sessionId, sessionId))
        .orderBy(schema.leaseHistory.id),

    beat: (
      runnerId: string,
      given: Partial<Omit<HeartbeatRequest, 'sessions'>> & {
        sessions?: readonly (readonly [sessionId: string, epoch: number, started?: boolean])[];
      } = {},
    ): Promise<HeartbeatResponse> =>
      heartbeat({
        services,
        input: {
          runnerId,
          bootId: `${runnerId}-boot-1`,
          url: `http://${runnerId}.test`,
          region: 'fra',
          maxSessions: 10,
          draining: false,
          ...given,
          sessions: (given.sessions ?? []).map(([sessionId, epoch, started = true]) => ({
            sessionId,
            epoch,
            status: 'online',
            started,
          })),
        },
      }),

    /** A heartbeat that says how each session is. */
    say: (
      runnerId: string,
      bootId: string,
      sessions: HeartbeatRequest['sessions'],
    ): Promise<HeartbeatResponse> =>
      heartbeat({
        services,
        input: {
          runnerId,
          bootId,
          url: `http://${runnerId}.test`,
          region: 'fra',
          maxSessions: 10,
          draining: false,
          sessions,
        },
      }),

    queueMessage: async (given: {
      sessionId: string;
      /** Null for a message for later, which has no place yet. */
      queueSeq: number | null;
      sendInSeconds?: number;
      status?: 'queued' | 'sending' | 'sent';
      claimEpoch?: number;
      mediaId?: string;
      quotedWireId?: string;
      expiresInSeconds?: number;
    }): Promise<string> => {
      const id = newId('message');
      const status = given.status ?? 'queued';
      await db.insert(schema.messages).values({
        id,
        workspaceId,
        sessionId: given.sessionId,
        direction: 'outbound',
        chatId: '15550100001@c.us',
        type: 'text',
        content:
          given.mediaId === undefined
            ? { type: 'text', text: `number ${given.queueSeq}`, linkPreview: true }
            : { type: 'image', mediaId: given.mediaId, mimetype: 'image/png' },
        status,
        statusRank: { queued: 0, sending: 1, sent: 4 }[status],
        queueSeq: given.queueSeq,
        claimEpoch: given.claimEpoch ?? null,
        mediaId: given.mediaId ?? null,
        quotedWireId: given.quotedWireId ?? null,
        ...(given.sendInSeconds !== undefined && {
          sendAt: sql`now() + ${given.sendInSeconds}::int * interval '1 second'`,
        }),
        expiresAt: sql`now() + ${given.expiresInSeconds ?? 3_600}::int * interval '1 second'`,
      });
      if (given.queueSeq !== null)
        await db
          .update(schema.sessions)
          .set({ queueSeq: given.queueSeq })
          .where(eq(schema.sessions.id, given.sessionId));
      return id;
    },
  };
}

export type OwnershipWorld = Awaited<ReturnType<typeof ownershipWorld>>;
