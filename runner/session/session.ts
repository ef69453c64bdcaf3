import type {
  Assignment,
  HeartbeatRequest,
  SessionMetrics,
  Traffic,
} from '../../shared/protocol/leases.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { SessionStatus } from '../../shared/session-status.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { EnginePairingCode, InboundFile, WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import { EngineLink } from './engine-link.ts';
import type { EngineLinkDeps } from './engine-link-deps.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { MediaDownload } from './outbound-media.ts';
import type { CurrentQr } from './qr-desk.ts';
import { SendQueue } from './send-queue.ts';
import { settledFact, type Settlement, type Settlements } from './settlements.ts';

export type SessionDeps = Omit<
  EngineLinkDeps,
  'assignment' | 'leaseIsCurrent' | 'say' | 'changed' | 'linkLost'
> & {
  edge: Pick<EdgeClient, 'claim' | 'unsettled'>;
  journal: SendJournal;
  fence: LeaseFence;
  settlements: Settlements;
  download: MediaDownload;
  /** Never rejects; resolves when the report is on the disk. */
  report: (report: Report, file?: InboundFile) => Promise<void>;
  reportsDelivered: () => Promise<void>;
  requestHeartbeat: () => void;
  /** Why this runner cannot run the session at all, or null. */
  refusal: string | null;
};

/** How long a send in flight holds up a new engine. */
const RESTART_SEND_WAIT_MS = 10_000;

/**
 * `now`: the browser dies first, since it is not ours any more; `waitMs` is then for the edge's answer to a claim. Otherwise
 * a send in flight gets up to `waitMs`.
 */
export type SessionStop =
  | { now: true; waitMs?: number }
  | { now: false; waitMs: number; report: boolean };

/** One WhatsApp session in one epoch: its engine, its send queue, and its lease. */
export class Session {
  readonly assignment: Assignment;
  readonly #deps: SessionDeps;
  readonly #link: EngineLink;
  readonly #queue: SendQueue;
  #pacing: Assignment['pacing'];
  #stopping = false;
  /** No send begins: the engine is about to be replaced. */
  #held = false;
  #metrics: SessionMetrics | null = null;
  #lastFactAt = 0;

  constructor(assignment: Assignment, deps: SessionDeps) {
    this.assignment = assignment;
    this.#deps = deps;
    this.#pacing = assignment.pacing;
    this.#link = new EngineLink({
      ...deps,
      assignment,
      leaseIsCurrent: () => deps.fence.isCurrent(assignment.sessionId),
      say: (report, file, kept) => this.#say(report, file, kept),
      changed: () => this.#queue.kick(),
      linkLost: () => this.#queue.linkLost(),
    });
    this.#queue = new SendQueue({
      ...deps,
      assignment,
      pacing: () => this.#pacing,
      engine: () => this.#sendingEngine(),
      settle: (settlement) => this.#settle(settlement),
      refusedByEdge: deps.requestHeartbeat,
      filesDir: deps.folder.filesDir,
      timing: deps.timing.unsettled,
    });
  }

  get status(): SessionStatus {
    return this.#link.board.status;
  }

  /** For commands that need the page, whatever the status; null when there is no engine, or the lease is over. */
  get engine(): WhatsAppEngine | null {
    return this.#deps.fence.isCurrent(this.assignment.sessionId) ? this.#link.engine : null;
  }

  /** Of the linked phone, bare digits; null when none is linked. */
  get phoneNumber(): string | null {
    return this.#link.board.identity?.phoneNumber ?? null;
  }

  /** Its first engine is still to come up. */
  get comingUp(): boolean {
    return this.#link.comingUp;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  view(): HeartbeatRequest['sessions'][number] {
    const { sessionId, epoch } = this.assignment;
    const metrics = this.#metrics;
    this.#metrics = null;
    return {
      sessionId,
      epoch,
      status: this.status,
      started: this.#link.started,
      ...(metrics === null ? {} : { metrics }),
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
    if (this.#deps.refusal === null) return this.#link.launch();
    this.#link.retire();
    this.#link.board.apply('start');
    this.#link.board.apply('gave_up', this.#deps.refusal);
  }

  /** The lease was renewed by a request sent at `sentAt` (monotonic ms); after a fence this brings the engine back. */
  renewed(sentAt: number, leaseMs: number): void {
    const { sessionId, epoch } = this.assignment;
    const kill = (): void => {
      this.#link.fence();
      this.#queue.kick();
    };
    this.#deps.fence.renew({ sessionId, epoch, sentAt, leaseMs, kill });
    this.#link.unfence();
    this.#queue.kick();
  }

  /** The edge has it on record that this epoch starts a browser. */
  startRecorded(): void {
    this.#link.startRecorded();
  }

  /** Ends the engine this instant, whoever is waiting for it. */
  hurry(): Promise<void> {
    return this.#link.end('kill');
  }

  /** A doorbell or a heartbeat answer: the queue reaches up to `queueSeq`. */
  ring(queueSeq: number, doorbell: boolean): void {
    this.#queue.ring(queueSeq, doorbell);
  }

  setPacing(pacing: Assignment['pacing']): void {
    this.#pacing = pacing;
  }

  setTraffic(traffic: Traffic): void {
    this.#link.setTraffic(traffic);
  }

  /** Another engine in the place of this one, once the send in flight has ended. */
  async restart(signal: 'restart_requested' | 'memory', detail?: string): Promise<void> {
    this.#held = true;
    try {
      await this.#queue.inFlight(RESTART_SEND_WAIT_MS);
      await this.#link.restart(signal, detail);
    } finally {
      this.#held = false;
      this.#queue.kick();
    }
  }

  /** Tries now what would be tried later. `acceptNumber`: the phone's new number is right. */
  async reconnect(acceptNumber: boolean): Promise<void> {
    if (this.#deps.refusal === null) await this.#link.reconnect(acceptNumber);
  }

  /** Drops the link with the phone and stays here, logged out. @returns whether WhatsApp was told */
  async logout(): Promise<boolean> {
    this.#held = true;
    try {
      await this.#queue.inFlight(RESTART_SEND_WAIT_MS);
      return await this.#link.logout();
    } finally {
      this.#held = false;
    }
  }

  async pairingCode(phone: string, waitMs: number): Promise<EnginePairingCode | null> {
    return this.#deps.refusal === null ? this.#link.pairingCode(phone, waitMs) : null;
  }

  /** The code on the page, waiting up to `waitMs` for one. Asking for it brings a logged-out session up again. */
  waitForQr(waitMs: number): Promise<CurrentQr | null> {
    if (this.#deps.refusal === null) this.#link.demand();
    const pointless = (): boolean =>
      this.status === 'online' || this.#stopping || this.#deps.refusal !== null;
    return this.#link.qr.wait(waitMs, pointless);
  }

  /** Ends the session on this runner and keeps its link. `report` tells the edge: nobody takes the session over. */
  async stop(how: SessionStop): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
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

  #sendingEngine(): WhatsAppEngine | null {
    const able =
      !this.#held &&
      this.status === 'online' &&
      this.#deps.fence.isCurrent(this.assignment.sessionId);
    return able ? this.#link.engine : null;
  }

  #say(report: Report, file?: InboundFile, kept: () => void = () => undefined): void {
    if (report.kind.startsWith('message.')) this.#lastFactAt = this.#deps.clock.monotonic();
    const settles = report.kind === 'message.ack' && this.#queue.acked(report.wireId, report.ack);
    // The settlement says the same of the message, and makes the same event.
    if (settles && report.ack === 1) return kept();
    const { sessionId } = this.assignment;
    this.#deps.report(report, file).then(kept, (error: unknown) => {
      this.#deps.log.error('session.report_failed', { sessionId, kind: report.kind, error });
    });
  }

  async #settle(settlement: Settlement): Promise<void> {
    await this.#deps.report(settledFact(settlement));
    this.#deps.settlements.record(settlement);
    const { sessionId } = this.assignment;
    const { messageId, outcome, wireId, error } = settlement;
    this.#deps.log.info('send.settled', {
      sessionId,
      messageId,
      outcome,
      wireId,
      code: error?.code,
    });
  }
}
