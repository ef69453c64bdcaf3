import { rm } from 'node:fs/promises';
import type { CredentialsCommitRequest } from '../../shared/protocol/credentials.ts';
import type { Assignment } from '../../shared/protocol/leases.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { EdgeError, type EdgeClient } from '../edge-client/edge-client.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import type { Log } from '../log.ts';
import type { Restoration, SessionFolder } from '../session/profile.ts';
import { copyKept } from './copy.ts';
import { listKept, type KeptFile } from './kept-files.ts';
import { restoreProfile } from './restore.ts';
import { isSnapshotDue, type SnapshotTiming } from './schedule.ts';
import { takeSnapshot } from './snapshot.ts';

const PING_MS = 5_000;
const REPORTS_MS = 10_000;

export type KeeperDeps = {
  edge: Pick<EdgeClient, 'credentialsSlot' | 'credentialsCommit' | 'credentialsRestore'>;
  assignment: Assignment;
  runnerId: string;
  bootId: string;
  clock: Clock;
  log: Log;
  folder: SessionFolder;
  snapshots: SnapshotTiming;
  /** Of the browser that this runner starts; null when it cannot be told. */
  chromiumMajor: () => Promise<number | null>;
  /** What the edge must have heard before it can judge a copy: who is linked. */
  reportsDelivered: () => Promise<void>;
};

/** An engine that is online with the session's own number. */
export type Online = { engine: WhatsAppEngine; phoneNumber: string };

export type PreparedProfile = {
  linked: boolean;
  quarantined: boolean;
  /** Why a session that was linked before begins without its profile; null when that is not so. */
  lost: string | null;
};

type Copied = {
  fingerprint: string;
  databaseBytes: number;
  sealedBytes: number;
  commit: CredentialsCommitRequest;
};

/**
 * Keeps sealed copies of one session's profile at the edge for one epoch: now and then while it is online, and once more
 * when its browser has closed. And brings the newest back when this disk does not have it.
 */
export class CredentialKeeper {
  readonly #deps: KeeperDeps;
  readonly #online: () => Online | null;
  readonly #retired = new AbortController();
  readonly #hurried = new AbortController();
  #since: (Online & { at: number }) | null = null;
  /** The phone that this engine came online with, for as long as nothing says that the link is gone. */
  #registered: string | null = null;
  #triedAt: number | null = null;
  #copied: Copied | null = null;
  #work: Promise<void> = Promise.resolve();
  #working = false;
  #cancelCheck: (() => void) | null = null;

  /** @param online what the session is at this moment, null when it is not online */
  constructor(deps: KeeperDeps, online: () => Online | null) {
    this.#deps = deps;
    this.#online = online;
  }

  /**
   * Makes the profile ready for an engine: the one on this disk when it is the newest, else the newest sealed one.
   * @throws when edge or storage are out of reach, or all there is was made by a newer Chromium: a QR code would not help
   */
  async prepare(): Promise<PreparedProfile> {
    const { folder, assignment, bootId } = this.#deps;
    const { epoch } = assignment;
    return folder.prepare({ epoch, bootId }, assignment, () => this.#restore());
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

  /** The browser has closed in order: copies what it left. Never rejects; what fails is logged. */
  async atRest(): Promise<void> {
    this.retire();
    await this.#work;
    const phoneNumber = this.#registered;
    if (phoneNumber === null || this.#hurried.signal.aborted) return;
    const { clock, edge, folder, snapshots } = this.#deps;
    const deadline = new AbortController();
    const cancel = clock.after(snapshots.atRestMs, () => deadline.abort(new Error('too slow')));
    const signal = AbortSignal.any([this.#hurried.signal, deadline.signal]);
    try {
      const files = await listKept(folder.profileDir);
      const copied = this.#copied;
      if (copied !== null && fingerprintOf(files) === copied.fingerprint) {
        await edge.credentialsCommit({ ...copied.commit, atRest: true });
        return;
      }
      await this.#reportsDelivered();
      const directory = folder.profileDir;
      await this.#store({ directory, files, phoneNumber, signal, atRest: true });
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
    const since = this.#since;
    const { clock, folder, snapshots } = this.#deps;
    const now = clock.monotonic();
    this.#working = true;
    this.#work = (async () => {
      const files = await listKept(folder.profileDir);
      const isDue = isSnapshotDue(
        {
          onlineForMs: now - since.at,
          sinceLastMs: this.#triedAt === null ? null : now - this.#triedAt,
          lastSizeBytes: this.#copied?.sealedBytes ?? 0,
          changed: fingerprintOf(files) !== this.#copied?.fingerprint,
          grew: databaseBytes(files) > (this.#copied?.databaseBytes ?? 0),
        },
        snapshots,
      );
      if (!isDue || this.#retired.signal.aborted) return;
      this.#triedAt = now;
      await this.#copyRunning(since);
    })()
      .catch((error: unknown) => this.#notKept('running', error))
      .finally(() => {
        this.#working = false;
        this.look();
      });
    await this.#work;
  }

  /** The page must be linked to the same number before and after, or what was copied may be half of a change. */
  async #copyRunning(since: Online): Promise<void> {
    const { folder, snapshots } = this.#deps;
    const { engine, phoneNumber } = since;
    const isStill = async (): Promise<boolean> =>
      this.#since === since && (await engine.ping(PING_MS)).state === 'CONNECTED';
    await this.#reportsDelivered();
    if (!(await isStill())) return;
    const directory = folder.snapshotDir;
    await rm(directory, { recursive: true, force: true });
    try {
      const files = await engine.paused(snapshots.pauseMs, (signal) =>
        copyKept(folder.profileDir, directory, signal),
      );
      if (!(await isStill())) return;
      const { signal } = this.#retired;
      await this.#store({ directory, files, phoneNumber, signal, atRest: false });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #store(copy: {
    directory: string;
    files: KeptFile[];
    phoneNumber: string;
    signal: AbortSignal;
    atRest: boolean;
  }): Promise<void> {
    const { assignment, bootId, edge, folder, log } = this.#deps;
    const { commit, ...kept } = await takeSnapshot({
      ...copy,
      edge,
      holder: this.#holder(),
      chromiumMajor: await this.#chromiumMajor(),
      generation: folder.generation,
      beforeCommit: (version) => folder.copying({ epoch: assignment.epoch, bootId }, version),
    });
    this.#copied = {
      fingerprint: fingerprintOf(copy.files),
      databaseBytes: databaseBytes(copy.files),
      sealedBytes: kept.sizeBytes,
      commit,
    };
    log.info('credentials.kept', { ...this.#names(), ...kept });
  }

  async #restore(): Promise<Restoration> {
    const { edge, log, assignment, folder } = this.#deps;
    const result = await restoreProfile({
      edge,
      log,
      holder: this.#holder(),
      workspaceId: assignment.workspaceId,
      chromiumMajor: await this.#chromiumMajor(),
      profileDir: folder.profileDir,
      workDir: folder.snapshotDir,
      signal: this.#retired.signal,
    });
    const { generation } = result;
    if (result.restored) return { restored: true, lost: null, generation };
    if (result.reason === 'too_new')
      throw new Error(
        'its credentials were made by a newer Chromium or runner; update this runner, or log the session out',
      );
    log.warn('credentials.none', { ...this.#names(), reason: result.reason });
    if (result.reason === 'unopenable')
      return { restored: false, lost: 'no kept version opens', generation };
    const wasLinked = assignment.phoneNumber != null;
    return { restored: false, lost: wasLinked ? 'no credentials are kept' : null, generation };
  }

  /** What the edge does not know yet it would judge by what was before. */
  #reportsDelivered(): Promise<void> {
    const { clock, reportsDelivered } = this.#deps;
    return withDeadline(reportsDelivered(), REPORTS_MS, 'delivering reports', clock);
  }

  async #chromiumMajor(): Promise<number> {
    const major = await this.#deps.chromiumMajor();
    if (major === null) throw new Error('the version of Chromium cannot be told');
    return major;
  }

  #notKept(when: string, error: unknown): void {
    const reason = error instanceof EdgeError ? error.reason : null;
    this.#deps.log.warn('credentials.not_kept', { ...this.#names(), when, reason, error });
  }

  #holder() {
    const { runnerId, bootId } = this.#deps;
    return { ...this.#names(), runnerId, bootId };
  }

  #names(): { sessionId: string; epoch: number } {
    const { sessionId, epoch } = this.#deps.assignment;
    return { sessionId, epoch };
  }
}

const fingerprintOf = (files: readonly KeptFile[]): string => JSON.stringify(files);

const databaseBytes = (files: readonly KeptFile[]): number =>
  files
    .filter(({ path }) => path.includes('IndexedDB'))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
