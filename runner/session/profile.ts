import { readdirSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Assignment } from '../../shared/protocol/leases.ts';
import { WorkLane } from '../work-lane.ts';

/** What a folder may be called after. */
export const SAFE_ID = /^\w+$/;

const Marker = z.object({
  epoch: z.number(),
  bootId: z.string(),
  linked: z.boolean(),
  /** Number of the newest copy made of the profile, or restored to it; null for a marker older than this field. */
  generation: z.number().nullable().default(null),
});
/** Who last started an engine on this disk's profile, whether it was linked to a phone then, and its generation. */
export type ProfileMarker = z.infer<typeof Marker>;

/**
 * Whether the profile on this disk is the newest there is. An older one must never be started: it would roll the
 * encryption ratchet back. Epochs only grow, so ours is newest unless someone started the session after us. A generation before
 * that of the copy that is kept is one that the disk itself went back to.
 */
export function isNewestProfile(
  marker: ProfileMarker | null,
  lastStarted: Assignment['lastStarted'],
  keptVersion: number,
): boolean {
  if (marker === null) return lastStarted === null;
  if (marker.generation !== null && marker.generation < keptVersion) return false;
  if (lastStarted === null || marker.epoch > lastStarted.epoch) return true;
  return marker.epoch === lastStarted.epoch && marker.bootId === lastStarted.bootId;
}

/** What came of bringing a session's profile back; `lost`: why it was linked once and is not. */
export type Restoration = { restored: boolean; lost: string | null; generation: number };

/** Ids of the sessions that have a folder here. */
export function foldersOfSessions(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, 'sessions')).filter((name) => SAFE_ID.test(name));
  } catch {
    return []; // no session was ever here
  }
}

/** One session's folder on this disk: Chromium's profile, its marker, and files on their way in and out. */
export class SessionFolder {
  readonly profileDir: string;
  readonly filesDir: string;
  /** Facts that an earlier boot did not store (runner/events/recover-unreported.ts). */
  readonly unreportedFile: string;
  /** A copy of the profile on its way out, or one on its way in. */
  readonly snapshotDir: string;
  readonly #root: string;
  readonly #sessionId: string;
  readonly #markerLane = new WorkLane();
  #linked = false;
  #generation = 0;

  constructor(dataDir: string, sessionId: string) {
    this.#sessionId = sessionId;
    this.#root = join(dataDir, 'sessions', sessionId);
    this.profileDir = join(this.#root, 'profile');
    this.filesDir = join(this.#root, 'files');
    this.unreportedFile = join(this.#root, 'unreported.jsonl');
    this.snapshotDir = join(this.#root, 'snapshot');
  }

  /**
   * Makes the folder ready for an engine of this epoch. A profile that is not the newest is put in quarantine, and
   * `restore` brings the newest into its place. The marker is written last: what died half-way begins again.
   * @returns whether the profile was linked to a phone when it was last used; `lost`: why it was linked once and is not
   */
  async prepare(
    owner: { epoch: number; bootId: string },
    { lastStarted, keptVersion }: Pick<Assignment, 'lastStarted' | 'keptVersion'>,
    restore: () => Promise<Restoration>,
  ): Promise<{ linked: boolean; quarantined: boolean; lost: string | null }> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    await mkdir(this.filesDir, { recursive: true, mode: 0o700 });
    // What a boot before left of a copy that it did not finish.
    await rm(this.snapshotDir, { recursive: true, force: true });
    const marker = await this.#readMarker();
    const isNewest = isNewestProfile(marker, lastStarted, keptVersion);
    const quarantined = !isNewest && (await this.quarantine());
    const isWhole = marker?.linked !== true || (await this.#hasDatabase());
    const own = { restored: false, lost: null, generation: marker?.generation ?? keptVersion };
    const { restored, lost, generation } = isNewest && isWhole ? own : await restore();
    this.#generation = generation;
    const linked = restored || (isNewest && isWhole && marker?.linked === true);
    await mkdir(this.profileDir, { recursive: true, mode: 0o700 });
    await this.#writeMarker({ ...owner, linked });
    return { linked, quarantined, lost };
  }

  /**
   * The phone is linked no more: the profile is put in quarantine, and that there is none is the newest state of things, so
   * that nothing is restored in its place.
   */
  async unlink(owner: { epoch: number; bootId: string }): Promise<void> {
    await this.quarantine();
    await this.#writeMarker({ ...owner, linked: false });
  }

  /** Number of the newest copy made of this profile, or restored to it; 0 for none. It only rises. */
  get generation(): number {
    return this.#generation;
  }

  /** Notes that a copy is about to be kept as `version`. Before it is: a copy must never be newer than its profile says. */
  copying(owner: { epoch: number; bootId: string }, version: number): Promise<void> {
    this.#generation = Math.max(this.#generation, version);
    return this.#writeMarker({ ...owner, linked: this.#linked });
  }

  /** Notes that this owner's profile is linked, or not any more. */
  setLinked(owner: { epoch: number; bootId: string }, linked: boolean): Promise<void> {
    return this.#writeMarker({ ...owner, linked });
  }

  /** Moves the profile out of use and keeps it; the one that was there before goes. @returns whether there was one */
  async quarantine(): Promise<boolean> {
    const kept = join(this.#root, 'quarantined-profile');
    if ((await filesIn(this.profileDir)) === 0) {
      // An engine whose phone unlinked it moves its profile aside by itself.
      await this.#keepNewest(kept);
      await rm(this.#markerPath(), { force: true });
      return false;
    }
    await rm(kept, { recursive: true, force: true });
    await rename(this.profileDir, kept);
    await rm(this.#markerPath(), { force: true });
    return true;
  }

  /** The session was deleted: nothing of it stays here. */
  remove(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  async #hasDatabase(): Promise<boolean> {
    return (await filesIn(join(this.profileDir, 'Default', 'IndexedDB'))) > 0;
  }

  async #keepNewest(kept: string): Promise<void> {
    const prefix = `${basename(this.profileDir)}.quarantine-`;
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

  async #readMarker(): Promise<ProfileMarker | null> {
    try {
      return Marker.parse(JSON.parse(await readFile(this.#markerPath(), 'utf8')));
    } catch {
      return null;
    }
  }

  #writeMarker(marker: Omit<ProfileMarker, 'generation'>): Promise<void> {
    this.#linked = marker.linked;
    return this.#markerLane.run(async () => {
      const next = `${this.#markerPath()}.next`;
      const whole = { ...marker, generation: this.#generation, sessionId: this.#sessionId };
      await writeFile(next, JSON.stringify(whole), { mode: 0o600 });
      await rename(next, this.#markerPath());
    });
  }
}

async function filesIn(directory: string): Promise<number> {
  return (await entriesOf(directory)).length;
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
