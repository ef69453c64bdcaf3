import { readdirSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Assignment } from '../../shared/protocol/leases.ts';
import { WorkLane } from '../work-lane.ts';

/** Sessions whose id may name a folder. */
export const SAFE_ID = /^\w+$/;

const Marker = z.object({
  epoch: z.number(),
  bootId: z.string(),
  linked: z.boolean(),
  /** Number of the newest copy made of the credentials, or restored to them; null for a marker older than this field. */
  generation: z.number().nullable().default(null),
});
/** Who last started an engine on this disk, whether it was linked to a phone then, and the generation of its credentials. */
export type StartMarker = z.infer<typeof Marker>;

/**
 * Whether the credentials on this disk are the newest there are. No engine must ever start on older ones: it would roll the
 * encryption ratchet back. Epochs only grow, so ours are newest unless someone started the session after us. A generation
 * before that of the kept copy means that the disk itself went back in time.
 */
export function isNewest(
  marker: StartMarker | null,
  lastStarted: Assignment['lastStarted'],
  keptVersion: number,
): boolean {
  if (marker === null) return lastStarted === null;
  if (marker.generation !== null && marker.generation < keptVersion) return false;
  if (lastStarted === null || marker.epoch > lastStarted.epoch) return true;
  return marker.epoch === lastStarted.epoch && marker.bootId === lastStarted.bootId;
}

/** A folder that is ready for an engine. `lost`: why the session was linked once and is not; null when that is not so. */
export type Prepared = { linked: boolean; quarantined: boolean; lost: string | null };

/** What came of restoring a session's credentials; `lost` as above. */
export type Restoration = { restored: boolean; lost: string | null; generation: number };

/** Ids of the sessions that have a folder here. */
export function foldersOfSessions(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, 'sessions')).filter((name) => SAFE_ID.test(name));
  } catch {
    return []; // no session was ever here
  }
}

/** One session's folder on this disk: the engine's state, a marker of who started it, and files on their way in and out. */
export class SessionFolder {
  /** The engine's own: its link with the phone. */
  readonly stateDir: string;
  readonly filesDir: string;
  /** Facts that an earlier boot did not store (runner/events/recover-unreported.ts). */
  readonly unreportedFile: string;
  /** A copy of the credentials on its way out, or one on its way in. */
  readonly snapshotDir: string;
  readonly #root: string;
  readonly #sessionId: string;
  readonly #markerLane = new WorkLane();
  #linked = false;
  #generation = 0;

  constructor(dataDir: string, sessionId: string) {
    this.#sessionId = sessionId;
    this.#root = join(dataDir, 'sessions', sessionId);
    this.stateDir = join(this.#root, 'profile');
    this.filesDir = join(this.#root, 'files');
    this.unreportedFile = join(this.#root, 'unreported.jsonl');
    this.snapshotDir = join(this.#root, 'snapshot');
  }

  /**
   * Makes the folder ready for an engine of this epoch. Credentials that are not the newest are put in quarantine, and the
   * newest are restored. The marker is written last: a preparation that died half-way begins again.
   * @param credentials.isWhole whether the disk still has those of a linked session
   */
  async prepare(
    owner: { epoch: number; bootId: string },
    { lastStarted, keptVersion }: Pick<Assignment, 'lastStarted' | 'keptVersion'>,
    credentials: { isWhole: () => Promise<boolean>; restore: () => Promise<Restoration> },
  ): Promise<Prepared> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    await mkdir(this.filesDir, { recursive: true, mode: 0o700 });
    // What a boot before left of a copy that it did not finish.
    await rm(this.snapshotDir, { recursive: true, force: true });
    const marker = await this.#readMarker();
    const newest = isNewest(marker, lastStarted, keptVersion);
    const quarantined = !newest && (await this.quarantine());
    const usable = newest && (marker?.linked !== true || (await credentials.isWhole()));
    const own = { restored: false, lost: null, generation: marker?.generation ?? keptVersion };
    const { restored, lost, generation } = usable ? own : await credentials.restore();
    this.#generation = generation;
    const linked = restored || (usable && marker?.linked === true);
    await mkdir(this.stateDir, { recursive: true, mode: 0o700 });
    await this.#writeMarker({ ...owner, linked });
    return { linked, quarantined, lost };
  }

  /**
   * The phone is not linked any more: the credentials are put in quarantine. Having none is now the newest state, so that
   * nothing is restored in their place.
   */
  async unlink(owner: { epoch: number; bootId: string }): Promise<void> {
    await this.quarantine();
    await this.#writeMarker({ ...owner, linked: false });
  }

  /** Number of the newest copy made of these credentials, or restored to them; 0 for none. It only rises. */
  get generation(): number {
    return this.#generation;
  }

  /** Notes that a copy is about to be kept as `version`, beforehand: a copy must never be newer than this folder says. */
  copying(owner: { epoch: number; bootId: string }, version: number): Promise<void> {
    this.#generation = Math.max(this.#generation, version);
    return this.#writeMarker({ ...owner, linked: this.#linked });
  }

  /** Notes that this owner's engine is linked, or not any more. */
  setLinked(owner: { epoch: number; bootId: string }, linked: boolean): Promise<void> {
    return this.#writeMarker({ ...owner, linked });
  }

  /** Moves the engine's state out of use and keeps it, in place of what was kept before. @returns whether there was any */
  async quarantine(): Promise<boolean> {
    const kept = join(this.#root, 'quarantined-profile');
    if ((await entriesOf(this.stateDir)).length === 0) {
      // An engine whose phone unlinked it moves its state aside by itself.
      await this.#keepNewest(kept);
      await rm(this.#markerPath(), { force: true });
      return false;
    }
    await rm(kept, { recursive: true, force: true });
    await rename(this.stateDir, kept);
    await rm(this.#markerPath(), { force: true });
    return true;
  }

  /** The session was deleted: nothing of it stays here. */
  remove(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  async #keepNewest(kept: string): Promise<void> {
    const prefix = `${basename(this.stateDir)}.quarantine-`;
    const aside = (await entriesOf(this.#root)).filter((name) => name.startsWith(prefix));
    const newest = aside.toSorted().at(-1);
    if (newest === undefined) return;
    await rm(kept, { recursive: true, force: true });
    await rename(join(this.#root, newest), kept);
    for (const older of aside) await rm(join(this.#root, older), { recursive: true, force: true });
  }

  #markerPath(): string {
    return join(this.#root, 'started.json');
  }

  async #readMarker(): Promise<StartMarker | null> {
    try {
      return Marker.parse(JSON.parse(await readFile(this.#markerPath(), 'utf8')));
    } catch {
      return null;
    }
  }

  #writeMarker(marker: Omit<StartMarker, 'generation'>): Promise<void> {
    this.#linked = marker.linked;
    return this.#markerLane.run(async () => {
      const next = `${this.#markerPath()}.next`;
      const whole = { ...marker, generation: this.#generation, sessionId: this.#sessionId };
      await writeFile(next, JSON.stringify(whole), { mode: 0o600 });
      await rename(next, this.#markerPath());
    });
  }
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
