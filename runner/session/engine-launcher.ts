import type { Prepared } from './session-folder.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { WorkLane } from '../work-lane.ts';
import type { EngineSlot } from './engine-slot.ts';

type EngineLauncherDeps = {
  clock: Pick<Clock, 'monotonic'>;
  log: Log;
  names: { sessionId: string; epoch: number };
  slot: EngineSlot;
  /** Makes the profile ready for an engine. */
  prepare: () => Promise<Prepared>;
  /** Runs a start when few enough others run. */
  startGate: (start: () => Promise<void>) => Promise<void>;
  /** A start has ended, and its place is free for another session. */
  cameUp: () => void;
  requestHeartbeat: () => void;
};

/** How far this epoch's first start has come. One that has `begun` makes this runner's profile the newest. */
type FirstStart = 'pending' | 'failed' | 'begun' | 'done';

/** Starts engines: first the profile, then the edge must know of it, then the session's turn among the runner's starts. */
export class EngineLauncher {
  readonly #deps: EngineLauncherDeps;
  readonly #recorded = Promise.withResolvers<void>();
  #firstStart: FirstStart = 'pending';
  /** Work on the profile: one piece at a time, and all of it before the next start. */
  readonly profile = new WorkLane();

  constructor(deps: EngineLauncherDeps) {
    this.#deps = deps;
  }

  /** Whether an engine was started in this epoch, or is about to be. */
  get started(): boolean {
    return this.#firstStart === 'begun' || this.#firstStart === 'done';
  }

  /** Its first engine of this epoch is still to come up: it takes one of the places for starts. */
  get comingUp(): boolean {
    return this.#firstStart === 'pending' || this.#firstStart === 'begun';
  }

  /** The edge has it on record that an engine is started in this epoch: from here on one may be. */
  startRecorded(): void {
    this.#recorded.resolve();
  }

  /**
   * Brings an engine up, for as long as it is `wanted` on the way there.
   * @param onPrepared gets the profile that the engine will start on
   * @throws when the profile cannot be made ready
   */
  async launch(wanted: () => boolean, onPrepared: (profile: Prepared) => void): Promise<void> {
    const { log, names, prepare, requestHeartbeat } = this.#deps;
    const profile = await this.profile
      .run(async () => (wanted() ? prepare() : null))
      .catch((error: unknown) => {
        if (this.#firstStart === 'pending') this.#firstStart = 'failed';
        throw error;
      });
    if (profile === null || !wanted()) return;
    if (profile.quarantined) log.warn('session.stale_profile_set_aside', names);
    onPrepared(profile);
    // Whoever takes the session over must know that this profile is newer than theirs, even if this runner dies now.
    if (!this.started) {
      this.#firstStart = this.#firstStart === 'pending' ? 'begun' : 'done';
      requestHeartbeat();
    }
    await this.#recorded.promise;
    await this.#startInTurn(wanted);
  }

  async #startInTurn(wanted: () => boolean): Promise<void> {
    const { cameUp, clock, log, names, slot, startGate } = this.#deps;
    let startedAt = clock.monotonic();
    const durationMs = (): number => Math.round(clock.monotonic() - startedAt);
    try {
      await startGate(async () => {
        log.info('engine.starting', names);
        startedAt = clock.monotonic();
        await slot.open(wanted);
        log.info('engine.started', { ...names, durationMs: durationMs() });
      });
    } catch (error) {
      log.warn('engine.not_started', { ...names, durationMs: durationMs(), error });
      throw error;
    } finally {
      this.#firstStart = 'done';
      cameUp();
    }
  }
}
