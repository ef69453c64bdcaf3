import { rm } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import type { Prepared } from '../session/session-folder.ts';
import { Copies, type CopiesDeps } from './copies.ts';
import { isSnapshotDue, type SnapshotTiming } from './schedule.ts';

const PING_MS = 5_000;
const REPORTS_MS = 10_000;

export type KeeperDeps = CopiesDeps & {
  clock: Clock;
  snapshots: SnapshotTiming;
  /** Resolves when the edge has every report so far: it judges a copy by who is linked. */
  reportsDelivered: () => Promise<void>;
};

/** An engine that is online with the session's own number. */
export type Online = { engine: WhatsAppEngine; phoneNumber: string };

/**
 * Decides when one session's credentials are copied in one epoch: from time to time while it is online, and once more when
 * its engine has closed. Restores the newest copy when this disk does not have it.
 */
export class CredentialKeeper {
  readonly #deps: KeeperDeps;
  readonly #online: () => Online | null;
  readonly #copies: Copies;
  readonly #retired = new AbortController();
  readonly #hurried = new AbortController();
  #since: (Online & { at: number }) | null = null;
  /** The phone that this engine came online with, for as long as nothing says that the link is gone. */
  #registered: string | null = null;
  #triedAt: number | null = null;
  #work: Promise<void> = Promise.resolve();
  #working = false;
  #cancelCheck: (() => void) | null = null;

  /** @param online what the session is at this moment, null when it is not online */
  constructor(deps: KeeperDeps, online: () => Online | null) {
    this.#deps = deps;
    this.#online = online;
    this.#copies = new Copies(deps);
  }

  /**
   * Makes the session's folder ready for an engine: the link on this disk when it is the newest, else the newest copy.
   * @throws when edge or storage are out of reach, or a newer engine made all there is: a QR code would not help
   */
  async prepare(): Promise<Prepared> {
    const { folder, assignment, bootId, credentials } = this.#deps;
    return folder.prepare({ epoch: assignment.epoch, bootId }, assignment, {
      isWhole: async () => (await credentials.look(folder.stateDir)).databaseBytes > 0,
      restore: () => this.#copies.restore(this.#retired.signal),
    });
  }

  /** An engine is about to start; whether it will be linked is not known yet. */
  engineStarts(): void {
    this.unregistered();
  }

  /** Nothing says any more that a phone is linked: from here on no copy is made. */
  unregistered(): void {
    this.#registered = null;
    this.#since = null;
  }

  /** Something about the session changed. */
  look(): void {
    const online = this.#online();
    const { clock } = this.#deps;
    if (online === null) this.#since = null;
    else if (
      this.#since?.engine !== online.engine ||
      this.#since.phoneNumber !== online.phoneNumber
    ) {
      this.#since = { ...online, at: clock.monotonic() };
      this.#registered = online.phoneNumber;
    }
    if (this.#since !== null) this.#checkLater();
  }

  /** The session is about to end here: nothing new is begun but the copy at rest. */
  retire(): void {
    this.#retired.abort(new Error('the session ends here'));
    this.#cancelCheck?.();
  }

  /** Nothing is waited for any more. */
  hurry(): void {
    this.retire();
    this.#hurried.abort(new Error('there is no time left'));
  }

  /** The engine has closed in order: copies what it left. Never rejects; a failure is logged. */
  async atRest(): Promise<void> {
    this.retire();
    await this.#work;
    const phoneNumber = this.#registered;
    if (phoneNumber === null || this.#hurried.signal.aborted) return;
    const { clock, credentials, folder, snapshots } = this.#deps;
    const deadline = new AbortController();
    const cancel = clock.after(snapshots.atRestMs, () => deadline.abort(new Error('too slow')));
    const signal = AbortSignal.any([this.#hurried.signal, deadline.signal]);
    try {
      const directory = folder.stateDir;
      const state = await credentials.look(directory);
      if (await this.#copies.confirmAtRest(state)) return;
      await this.#reportsDelivered();
      await this.#copies.make({ directory, state, phoneNumber, signal, atRest: true });
    } catch (error) {
      this.#notKept('at_rest', error);
    } finally {
      cancel();
    }
  }

  #checkLater(): void {
    if (this.#cancelCheck !== null || this.#retired.signal.aborted) return;
    this.#cancelCheck = this.#deps.clock.after(this.#deps.snapshots.checkMs, () => {
      this.#cancelCheck = null;
      this.#check().catch((error: unknown) => this.#notKept('check', error));
    });
  }

  async #check(): Promise<void> {
    if (this.#since === null || this.#working) return;
    this.#working = true;
    this.#work = this.#copyIfDue(this.#since)
      .catch((error: unknown) => this.#notKept('running', error))
      .finally(() => {
        this.#working = false;
        this.look();
      });
    await this.#work;
  }

  async #copyIfDue(since: Online & { at: number }): Promise<void> {
    const { clock, credentials, folder, snapshots } = this.#deps;
    const now = clock.monotonic();
    const state = await credentials.look(folder.stateDir);
    const { last } = this.#copies;
    const isDue = isSnapshotDue(
      {
        onlineForMs: now - since.at,
        sinceLastMs: this.#triedAt === null ? null : now - this.#triedAt,
        lastSizeBytes: last?.sealedBytes ?? 0,
        changed: !this.#copies.has(state),
        grew: state.databaseBytes > (last?.databaseBytes ?? 0),
      },
      snapshots,
    );
    if (!isDue || this.#retired.signal.aborted) return;
    this.#triedAt = now;
    await this.#copyRunning(since);
  }

  /** The page must be linked to the same number before and after, or what was copied may be half of a change. */
  async #copyRunning(since: Online): Promise<void> {
    const { credentials, folder, snapshots } = this.#deps;
    const { engine, phoneNumber } = since;
    const isStill = async (): Promise<boolean> =>
      this.#since === since && (await engine.ping(PING_MS)).state === 'CONNECTED';
    await this.#reportsDelivered();
    if (!(await isStill())) return;
    const directory = folder.snapshotDir;
    await rm(directory, { recursive: true, force: true });
    try {
      const state = await engine.paused(snapshots.pauseMs, (signal) =>
        credentials.copy(folder.stateDir, directory, signal),
      );
      if (!(await isStill())) return;
      const { signal } = this.#retired;
      await this.#copies.make({ directory, state, phoneNumber, signal, atRest: false });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** The edge would judge a copy by what it knew before. */
  #reportsDelivered(): Promise<void> {
    const { clock, reportsDelivered } = this.#deps;
    return withDeadline(reportsDelivered(), REPORTS_MS, 'delivering reports', clock);
  }

  #notKept(when: string, error: unknown): void {
    const { sessionId, epoch } = this.#deps.assignment;
    const reason = error instanceof EdgeError ? error.reason : null;
    this.#deps.log.warn('credentials.not_kept', { sessionId, epoch, when, reason, error });
  }
}
