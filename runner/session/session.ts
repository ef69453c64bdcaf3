import type { Assignment, HeartbeatRequest, SessionMetrics } from '../../shared/protocol/leases.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { SessionStatus } from '../../shared/session-status.ts';
import type { EnginePairingCode, InboundFile, WhatsAppEngine } from '../engine/port.ts';
import type { CurrentQr } from './link-codes.ts';
import { PhoneLink } from './phone-link.ts';
import { SendLines } from './send-lines.ts';
import { SendQueue } from './send-queue.ts';
import type { SessionDeps } from './session-deps.ts';
import { settledFact, type Settlement } from './settlements.ts';

/** How long a send in flight holds up a new engine. */
const RESTART_SEND_WAIT_MS = 10_000;

/**
 * `now`: the browser is killed first, since the lease is gone; `waitMs` is then for the edge's answer to a claim. Otherwise
 * a send in flight gets up to `waitMs`.
 */
export type SessionStop =
  | { now: true; waitMs?: number }
  | { now: false; waitMs: number; report: boolean };

/** `held`: the engine is about to be replaced, so no send begins. `over`: the session ends on this runner. */
type Sending = 'open' | 'held' | 'over';

/** One WhatsApp session in one epoch: its link with a phone, its send queue, and its lease. */
export class Session {
  readonly assignment: Assignment;
  readonly #deps: SessionDeps;
  readonly #link: PhoneLink;
  readonly #queue: SendQueue;
  readonly #lines: SendLines;
  #pacing: Assignment['pacing'];
  #sending: Sending = 'open';
  #metrics: SessionMetrics | null = null;
  #lastFactAt = 0;

  constructor(assignment: Assignment, deps: SessionDeps) {
    this.assignment = assignment;
    this.#deps = deps;
    this.#pacing = assignment.pacing;
    this.#link = new PhoneLink({
      assignment,
      bootId: deps.bootId,
      clock: deps.clock,
      random: deps.random,
      log: deps.log,
      timing: deps.timing,
      folder: deps.folder,
      engineFactory: deps.engineFactory,
      keeper: deps.keeper,
      startGate: deps.startGate,
      cameUp: deps.cameUp,
      requestHeartbeat: deps.requestHeartbeat,
      leaseIsCurrent: () => this.#leaseIsCurrent(),
      say: (report, file, kept) => this.#say(report, file, kept),
      changed: () => this.#queue.kick(),
      linkLost: () => this.#queue.linkLost(),
    });
    this.#lines = new SendLines({ assignment, clock: deps.clock, log: deps.log });
    this.#queue = new SendQueue({
      assignment,
      clock: deps.clock,
      random: deps.random,
      log: deps.log,
      timing: deps.timing.unsettled,
      mostUnacked: deps.mostUnacked,
      edge: deps.edge,
      journal: deps.journal,
      download: deps.download,
      tracing: deps.tracing,
      lines: this.#lines,
      filesDir: deps.folder.filesDir,
      pacing: () => this.#pacing,
      engine: () => this.#sendingEngine(),
      phoneNumber: () => this.#link.board.identity?.phoneNumber ?? null,
      settle: (settlement) => this.#settle(settlement),
      reportsDelivered: deps.reportsDelivered,
      refusedByEdge: deps.requestHeartbeat,
    });
  }

  get status(): SessionStatus {
    return this.#link.board.status;
  }

  /** For commands that need the page, whatever the status; null when there is no engine, or the lease is over. */
  get engine(): WhatsAppEngine | null {
    return this.#leaseIsCurrent() ? this.#link.engines.engine : null;
  }

  /** Of the linked phone, bare digits, accepted or not; null when none is linked. */
  get phoneNumber(): string | null {
    const { identity, stranger } = this.#link.board;
    return (stranger ?? identity)?.phoneNumber ?? null;
  }

  /** Its first engine is still to come up. */
  get comingUp(): boolean {
    return this.#link.engines.comingUp;
  }

  get stopping(): boolean {
    return this.#sending === 'over';
  }

  view(): HeartbeatRequest['sessions'][number] {
    const { sessionId, epoch } = this.assignment;
    const metrics = this.#metrics;
    this.#metrics = null;
    return {
      sessionId,
      epoch,
      status: this.status,
      started: this.#link.engines.started,
      ...(metrics === null ? {} : { metrics: { ...metrics, pageErrors: this.#link.pageErrors } }),
    };
  }

  /** Goes out with the next heartbeat. */
  measured(metrics: SessionMetrics): void {
    this.#metrics = metrics;
  }

  /** Nothing is being sent, and nothing came in for `ms`. */
  quietFor(ms: number): boolean {
    return !this.#queue.busy && this.#deps.clock.monotonic() - this.#lastFactAt >= ms;
  }

  /** Settles what earlier owners left, and brings the engine up. */
  begin(): void {
    this.#queue.kick();
    if (this.#deps.refusal === null) return this.#link.engines.launch();
    this.#link.retire();
    this.#link.board.apply('start');
    this.#link.board.apply('gave_up', this.#deps.refusal);
  }

  /** The lease was renewed by a request sent at `sentAt` (monotonic ms); after a fence this brings the engine back. */
  renewed(sentAt: number, leaseMs: number): void {
    const { sessionId, epoch } = this.assignment;
    const kill = (): void => {
      this.#link.engines.fence();
      this.#queue.kick();
    };
    this.#deps.fence.renew({ sessionId, epoch, sentAt, leaseMs, kill });
    this.#link.engines.unfence();
    this.#queue.kick();
  }

  /** The edge has it on record that this epoch starts a browser. */
  startRecorded(): void {
    this.#link.engines.startRecorded();
  }

  /** Ends the engine this instant, whatever is waiting for it. */
  hurry(): Promise<void> {
    this.#link.retire();
    return this.#link.end('kill');
  }

  /** A doorbell or a heartbeat answer: the queue reaches up to `queueSeq`. */
  ring(queueSeq: number, doorbell: boolean): void {
    this.#queue.ring(queueSeq, doorbell);
  }

  setPacing(pacing: Assignment['pacing']): void {
    this.#pacing = pacing;
  }

  setNextStart(changes: Pick<Assignment, 'traffic' | 'conduct'>): void {
    this.#link.setNextStart(changes);
  }

  /** Replaces the engine, once the send in flight has ended. */
  restart(signal: 'restart_requested' | 'memory', detail?: string): Promise<void> {
    return this.#withoutSends(() => this.#link.engines.restart(signal, detail));
  }

  /** Tries now what would be tried later. @param acceptedNumber what the session goes by from now on; null: as before */
  reconnect(acceptedNumber: string | null): Promise<void> {
    return this.#link.reconnect(acceptedNumber);
  }

  /** Drops the link with the phone and stays here, logged out. @returns whether WhatsApp has unlinked it */
  logout(): Promise<boolean> {
    return this.#withoutSends(() => this.#link.logout());
  }

  /** A code to type on the phone, waiting up to `waitMs` for the page. Brings a logged-out session up. */
  pairingCode(phone: string, waitMs: number): Promise<EnginePairingCode | null> {
    return this.#link.pairingCode(phone, waitMs);
  }

  /** The QR code on the page, waiting up to `waitMs` for one. Brings a logged-out session up. */
  waitForQr(waitMs: number): Promise<CurrentQr | null> {
    return this.#link.waitForQr(waitMs);
  }

  /** Ends the session on this runner and keeps its link. `report` has the edge know that nobody is to take the session over. */
  async stop(how: SessionStop): Promise<void> {
    if (this.stopping) return;
    this.#sending = 'over';
    this.#link.retire();
    if (how.now) await Promise.all([this.#link.end('kill'), this.#queue.close(how.waitMs ?? 0)]);
    else {
      await this.#queue.close(how.waitMs);
      await this.#link.end('stop');
      if (how.report) this.#link.board.apply('stopped');
    }
    this.#deps.fence.release(this.assignment.sessionId);
    await this.#deps.journal.close();
  }

  /** Lets the send in flight end, and begins none before `work` has ended. */
  async #withoutSends<T>(work: () => Promise<T>): Promise<T> {
    if (this.#sending === 'open') this.#sending = 'held';
    try {
      await this.#queue.inFlight(RESTART_SEND_WAIT_MS);
      return await work();
    } finally {
      if (this.#sending === 'held') this.#sending = 'open';
      this.#queue.kick();
    }
  }

  #leaseIsCurrent(): boolean {
    return this.#deps.fence.isCurrent(this.assignment.sessionId);
  }

  #sendingEngine(): WhatsAppEngine | null {
    const able = this.#sending !== 'held' && this.status === 'online' && this.#leaseIsCurrent();
    return able ? this.#link.engines.engine : null;
  }

  #say(report: Report, file?: InboundFile, kept: () => void = () => undefined): void {
    if (report.kind.startsWith('message.')) this.#lastFactAt = this.#deps.clock.monotonic();
    const settles = report.kind === 'message.ack' && this.#queue.acked(report.wireId, report);
    // The settlement reports the same of the message, and makes the same event.
    if (settles && report.ack === 1) return kept();
    const { sessionId } = this.assignment;
    this.#deps.report(this.#named(report), file).then(kept, (error: unknown) => {
      this.#deps.log.error('session.report_failed', { sessionId, kind: report.kind, error });
    });
  }

  /** An ack with the id of its message, so that the edge need not look for it. */
  #named(report: Report): Report {
    if (report.kind !== 'message.ack') return report;
    const messageId = this.#deps.journal.messageOf(report.wireId);
    return messageId === undefined ? report : { ...report, messageId };
  }

  async #settle(settlement: Settlement): Promise<void> {
    const { report, reportsDelivered, settlements, tracing } = this.#deps;
    const kept = report(settledFact(settlement));
    // A caller that waits reads the message next, and then it must say the same.
    void reportsDelivered().then(() => settlements.record(settlement));
    await kept;
    this.#lines.settled(settlement, tracing.settled(settlement));
  }
}
