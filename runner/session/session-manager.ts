import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Assignment,
  HeartbeatRequest,
  HeartbeatResponse,
} from '../../shared/protocol/leases.ts';
import { SendJournal } from '../journal/send-journal.ts';
import type { ReportSpool } from '../events/spool.ts';
import { sleep, unlessAborted, type Clock } from '../clock.ts';
import { CredentialKeeper } from '../credentials/keeper.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { SessionEngine } from '../../shared/session-status.ts';
import type { EngineFactory, EngineHost } from '../engine/port.ts';
import { withDeadline } from '../deadline.ts';
import type { Log } from '../log.ts';
import type { RunnerCounts } from '../metrics/counts.ts';
import { KeyedLanes } from '../work-lane.ts';
import { createStartGate } from './start-gate.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { MediaDownload } from './outbound-media.ts';
import { foldersOfSessions, SAFE_ID, SessionFolder } from './session-folder.ts';
import type { SessionDeps } from './session-deps.ts';
import { Session, type SessionStop } from './session.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Settlements } from './settlements.ts';
import type { SessionTiming } from './timing.ts';

/** How long a send in flight gets when its session is stopped on purpose. */
const STOP_SEND_WAIT_MS = 5_000;
/** Folders named in one heartbeat at most. */
const MOST_STORED = 1_000;

type SessionManagerDeps = {
  runnerId: string;
  bootId: string;
  dataDir: string;
  clock: Clock;
  random: () => number;
  log: Log;
  counts: Pick<RunnerCounts, 'reported'>;
  timing: SessionTiming;
  /** Sends without an ack that may be under way at once in a session without pacing. */
  mostUnacked: number;
  edge: EdgeClient;
  spool: ReportSpool;
  fence: LeaseFence;
  settlements: Settlements;
  engineFactory: EngineFactory;
  download: MediaDownload;
  tracing: Tracing;
  hosts: Readonly<Record<SessionEngine, Pick<EngineHost, 'credentials'>>>;
  requestHeartbeat: () => void;
  /** Why this runner cannot run such a session at all, or null. */
  refusalOf: (assignment: Assignment) => string | null;
  /** How many engines may be starting at once: a Chromium's start takes a whole core for seconds. */
  startCap: number;
};

type DrainPatience = { sendWaitMs: number; lastWordMs: number; hurry: AbortSignal };

/** Every session of this runner. Work on one session is done in order; sessions do not wait for each other. */
export class SessionManager {
  readonly #deps: SessionManagerDeps;
  readonly #log: Log;
  readonly #sessions = new Map<string, Session>();
  readonly #lanes = new KeyedLanes();
  readonly #startGate: SessionDeps['startGate'];
  #arrivals: { sessionId: string; arrived: () => void }[] = [];
  #draining = false;
  /** Leases of sessions that have ended here, not yet given back to the edge. */
  #released: { sessionId: string; epoch: number }[] = [];

  constructor(deps: SessionManagerDeps) {
    this.#deps = deps;
    this.#log = deps.log;
    this.#startGate = createStartGate(deps.startCap);
  }

  get draining(): boolean {
    return this.#draining;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(sessionId: string): Session | undefined {
    const session = this.#sessions.get(sessionId);
    return session?.stopping === true ? undefined : session;
  }

  /**
   * The session, once it is here: the edge may call while the answer that assigns it is still on its way.
   * Undefined when it has not come after `waitMs`.
   */
  async arrival(sessionId: string, waitMs: number): Promise<Session | undefined> {
    const came = new AbortController();
    const waiter = { sessionId, arrived: () => came.abort() };
    this.#arrivals.push(waiter);
    await sleep(this.#deps.clock, waitMs, came.signal);
    this.#arrivals = this.#arrivals.filter((other) => other !== waiter);
    return this.get(sessionId);
  }

  /** Sessions that only have a folder here: the edge says which of them were deleted. */
  stored(): string[] {
    return foldersOfSessions(this.#deps.dataDir)
      .filter((name) => !this.#sessions.has(name) && !this.#lanes.has(name))
      .slice(0, MOST_STORED);
  }

  /** Sessions that are not about to end. */
  running(): Session[] {
    return [...this.#sessions.values()].filter(({ stopping }) => !stopping);
  }

  view(): HeartbeatRequest['sessions'] {
    return [...this.#sessions.values()].map((session) => session.view());
  }

  /** How many more sessions this runner would bring up now. */
  get startRoom(): number {
    const comingUp = this.running().filter((session) => session.comingUp).length;
    return Math.max(0, this.#deps.startCap - comingUp);
  }

  /** Leases that this runner gives back, for the next heartbeat. */
  get released(): readonly { sessionId: string; epoch: number }[] {
    return this.#released;
  }

  /** Carries out the edge's answer. `sentAt` is when the heartbeat `asked` was sent, by the monotonic clock. */
  apply(answer: HeartbeatResponse, sentAt: number, asked: HeartbeatRequest): void {
    const saidStarted = new Set(
      asked.sessions.filter(({ started }) => started).map(({ sessionId }) => sessionId),
    );
    const givenBack = new Set(asked.released?.map(({ sessionId }) => sessionId));
    this.#released = this.#released.filter(({ sessionId }) => !givenBack.has(sessionId));
    for (const { sessionId, epoch, highestQueueSeq, pacing, ...rest } of answer.renewed) {
      const session = this.get(sessionId);
      if (session === undefined || session.assignment.epoch !== epoch) continue;
      if (pacing !== undefined) session.setPacing(pacing);
      session.setNextStart(rest);
      session.renewed(sentAt, answer.leaseMs);
      if (saidStarted.has(sessionId)) session.startRecorded();
      session.ring(highestQueueSeq, false);
    }
    for (const { sessionId, reason } of answer.lost) this.#lose(sessionId, reason);
    for (const assignment of answer.assigned) this.#assign(assignment, sentAt, answer.leaseMs);
  }

  /**
   * Stops every session, keeps the links, and gives each lease back as soon as nothing of its session is left. Sends in
   * flight get `sendWaitMs`, until `hurry` aborts; from then on everything gets `lastWordMs`.
   */
  async drain(patience: DrainPatience): Promise<void> {
    this.#draining = true;
    const { hurry } = patience;
    const cutShort = (): void => {
      for (const session of this.#sessions.values())
        session.hurry().catch((error: unknown) => this.#log.error('drain.hurry_failed', { error }));
    };
    hurry.addEventListener('abort', cutShort, { once: true });
    await this.#lanes.idle();
    await Promise.all(
      [...this.#sessions.keys()].map((sessionId) =>
        this.#inLane(sessionId, () => this.#giveBack(sessionId, patience)),
      ),
    );
    hurry.removeEventListener('abort', cutShort);
  }

  async #giveBack(sessionId: string, patience: DrainPatience): Promise<void> {
    const epoch = this.#sessions.get(sessionId)?.assignment.epoch;
    if (epoch === undefined) return;
    const { hurry, sendWaitMs, lastWordMs } = patience;
    await this.#end(
      sessionId,
      hurry.aborted
        ? { now: true, waitMs: lastWordMs / 2 }
        : { now: false, waitMs: sendWaitMs, report: false },
    );
    // Messages that were not begun here must be back in the queue before there is a next owner, which would otherwise settle
    // them as unknown. So the lease is kept until the edge has every report but those of files, or until it expires.
    if (!(await this.#reported(sessionId, patience))) return;
    this.#release(sessionId, epoch);
  }

  #release(sessionId: string, epoch: number): void {
    this.#released.push({ sessionId, epoch });
    this.#deps.requestHeartbeat();
  }

  /** True once the edge has every report of the session, as `delivered` counts them; false when it has not some time after `hurry`. */
  async #reported(sessionId: string, { hurry, lastWordMs }: DrainPatience): Promise<boolean> {
    const { clock, spool } = this.#deps;
    const delivered = spool.delivered(sessionId).then(() => true);
    if ((await unlessAborted(delivered, hurry)) === true) return true;
    return withDeadline(delivered, lastWordMs / 2, 'the last reports', clock).catch(() => false);
  }

  #assign(assignment: Assignment, sentAt: number, leaseMs: number): void {
    const { sessionId, epoch, pacing, highestQueueSeq } = assignment;
    const current = this.get(sessionId);
    if (current !== undefined && current.assignment.epoch >= epoch) {
      if (current.assignment.epoch > epoch) return;
      current.setPacing(pacing);
      current.renewed(sentAt, leaseMs);
      current.ring(highestQueueSeq, false);
      return;
    }
    if (!SAFE_ID.test(sessionId)) {
      this.#log.error('session.bad_id', { sessionId });
      return;
    }
    void this.#inLane(sessionId, async () => {
      const known = this.#sessions.get(sessionId)?.assignment.epoch ?? -1;
      if (known >= epoch) return;
      await this.#end(sessionId, { now: true });
      const session = this.#draining ? null : await this.#create(assignment);
      if (session === null || this.#draining) {
        // The answer crossed the drain. Nothing of the session has begun here, so another may have it at once.
        await session?.stop({ now: true });
        return this.#release(sessionId, epoch);
      }
      this.#sessions.set(sessionId, session);
      session.renewed(sentAt, leaseMs);
      session.begin();
      for (const waiter of this.#arrivals) if (waiter.sessionId === sessionId) waiter.arrived();
      this.#log.info('session.assigned', { sessionId, epoch, mode: assignment.mode });
    });
  }

  #lose(sessionId: string, reason: HeartbeatResponse['lost'][number]['reason']): void {
    if (!this.#sessions.has(sessionId) && reason !== 'deleted') return;
    void this.#inLane(sessionId, async () => {
      this.#log.info('session.lost', { sessionId, reason });
      // However it was deleted: the phone must not go on listing a device that is no more.
      if (reason === 'deleted') await this.#sessions.get(sessionId)?.logout();
      await this.#end(
        sessionId,
        reason === 'taken'
          ? { now: true }
          : { now: false, waitMs: STOP_SEND_WAIT_MS, report: reason === 'stopped' },
      );
      if (reason !== 'deleted') return;
      await new SessionFolder(this.#deps.dataDir, sessionId).remove();
      await rm(join(this.#journalDir(), `${sessionId}.jsonl`), { force: true });
    });
  }

  async #end(sessionId: string, how: SessionStop): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    const { clock } = this.#deps;
    const startedAt = clock.monotonic();
    await session.stop(how);
    this.#sessions.delete(sessionId);
    const { epoch } = session.assignment;
    const durationMs = Math.round(clock.monotonic() - startedAt);
    this.#log.info('session.stopped', { sessionId, epoch, killed: how.now, durationMs });
  }

  async #create(assignment: Assignment): Promise<Session> {
    const { sessionId, epoch } = assignment;
    const { counts, dataDir, hosts, requestHeartbeat, refusalOf, spool, startCap, timing } =
      this.#deps;
    const folder = new SessionFolder(dataDir, sessionId);
    const own = { ...this.#deps, folder, reportsDelivered: () => spool.delivered(sessionId) };
    const { snapshots } = timing;
    const { credentials } = hosts[assignment.engine];
    return new Session(assignment, {
      ...own,
      journal: await SendJournal.open(this.#journalDir(), sessionId),
      keeper: (online) =>
        new CredentialKeeper({ ...own, assignment, credentials, snapshots }, online),
      report: (report, file) => {
        counts.reported(report);
        return spool.add({ sessionId, epoch, report, ...(file === undefined ? {} : { file }) });
      },
      startGate: this.#startGate,
      // There may be more sessions without an owner.
      cameUp: () => this.startRoom === startCap && requestHeartbeat(),
      refusal: refusalOf(assignment),
    });
  }

  #journalDir(): string {
    return join(this.#deps.dataDir, 'journal');
  }

  #inLane(sessionId: string, step: () => Promise<void>): Promise<void> {
    return this.#lanes
      .run(sessionId, step)
      .catch((error: unknown) => this.#log.error('session.lane_failed', { sessionId, error }));
  }
}
