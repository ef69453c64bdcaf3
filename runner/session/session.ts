import type { Assignment, HeartbeatRequest } from '../../shared/protocol/leases.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { SessionStatus } from '../../shared/session-status.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { InboundFile, WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import { EngineLink, type EngineLinkDeps } from './engine-link.ts';
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

/** `now`: the browser dies first, since it is not ours any more. Otherwise a send in flight gets up to `waitMs`. */
export type SessionStop = { now: true } | { now: false; waitMs: number; report: boolean };

/** One WhatsApp session in one epoch: its engine, its send queue, and its lease. */
export class Session {
  readonly assignment: Assignment;
  readonly #deps: SessionDeps;
  readonly #link: EngineLink;
  readonly #queue: SendQueue;
  #pacing: Assignment['pacing'];
  #stopping = false;

  constructor(assignment: Assignment, deps: SessionDeps) {
    this.assignment = assignment;
    this.#deps = deps;
    this.#pacing = assignment.pacing;
    this.#link = new EngineLink({
      ...deps,
      assignment,
      leaseIsCurrent: () => deps.fence.isCurrent(assignment.sessionId),
      say: (report, file) => this.#say(report, file),
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

  /** For commands that need the page, whatever the status; null when there is no engine. */
  get engine(): WhatsAppEngine | null {
    return this.#link.engine;
  }

  /** Of the linked phone, bare digits; null when none is linked. */
  get phoneNumber(): string | null {
    return this.#link.board.identity?.phoneNumber ?? null;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  view(): HeartbeatRequest['sessions'][number] {
    const { sessionId, epoch } = this.assignment;
    return { sessionId, epoch, status: this.status, started: this.#link.started };
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
    this.#deps.fence.renew(this.assignment.sessionId, sentAt, leaseMs, () => {
      this.#link.fence();
      this.#queue.kick();
    });
    this.#link.unfence();
    this.#queue.kick();
  }

  /** A doorbell or a heartbeat answer: the queue reaches up to `queueSeq`. */
  ring(queueSeq: number, doorbell: boolean): void {
    this.#queue.ring(queueSeq, doorbell);
  }

  setPacing(pacing: Assignment['pacing']): void {
    this.#pacing = pacing;
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
    if (how.now) await Promise.all([this.#link.end('kill'), this.#queue.close(0)]);
    else {
      await this.#queue.close(how.waitMs);
      await this.#link.end('stop');
      if (how.report) this.#link.board.apply('stopped');
    }
    this.#deps.fence.release(this.assignment.sessionId);
    await this.#deps.journal.close();
  }

  #sendingEngine(): WhatsAppEngine | null {
    const able = this.status === 'online' && this.#deps.fence.isCurrent(this.assignment.sessionId);
    return able ? this.#link.engine : null;
  }

  #say(report: Report, file?: InboundFile): void {
    if (report.kind === 'message.ack') this.#queue.acked(report.wireId, report.ack);
    const { sessionId } = this.assignment;
    this.#deps.report(report, file).catch((error: unknown) => {
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
