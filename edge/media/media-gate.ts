import { AppError } from '../../shared/errors.ts';

const LOOK_EVERY_MS = 50;
/** A waiting request that has not looked for so long was cut off. */
const GONE_AFTER_MS = 1_000;

export type GateLimits = {
  atOnce: number;
  perWorkspace: number;
  /** How many of a workspace may wait; the next is refused at once. */
  waitingPerWorkspace: number;
  waitMs: number;
  /** After this the place of a request that was given up is free again. */
  longestMs: number;
};

type Place = { workspaceId: string; until: number };
type Waiting = { workspaceId: string; lookedAt: number };

/**
 * Lets few files through an isolate at once, and fewer of one workspace, so that its memory stays bounded. Others wait: the
 * workspace with the fewest files inside goes first. They look again by themselves: an isolate's requests cannot wake each
 * other when one of them is cut off.
 */
export class MediaGate {
  readonly #inside = new Set<Place>();
  readonly #waiting = new Set<Waiting>();
  readonly #limits: GateLimits;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when there is room.
   * @param deadline of `work`: when it passes and the wait took part of its time, that is no fault of `work`
   * @throws AppError UNAVAILABLE when there is no room within `waitMs`, or before the deadline
   */
  async run<Result>(
    workspaceId: string,
    work: () => Promise<Result>,
    deadline?: AbortSignal,
  ): Promise<Result> {
    const { place, hasWaited } = await this.#enter(workspaceId, deadline);
    try {
      return await work();
    } catch (error) {
      if (hasWaited && deadline?.aborted === true) throw tooMany(error);
      throw error;
    } finally {
      this.#inside.delete(place);
    }
  }

  /** Takes a place in the same turn in which it is found free. */
  async #enter(
    workspaceId: string,
    deadline?: AbortSignal,
  ): Promise<{ place: Place; hasWaited: boolean }> {
    const waiting = { workspaceId, lookedAt: Date.now() };
    const giveUpAt = Date.now() + this.#limits.waitMs;
    this.#forgetGone();
    if (count(this.#waiting, workspaceId) >= this.#limits.waitingPerWorkspace) throw tooMany();
    this.#waiting.add(waiting);
    try {
      let hasWaited = false;
      while (this.#next() !== waiting) {
        if (Date.now() >= giveUpAt || deadline?.aborted === true) throw tooMany();
        hasWaited = true;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        waiting.lookedAt = Date.now();
      }
      const place = { workspaceId, until: Date.now() + this.#limits.longestMs };
      this.#inside.add(place);
      return { place, hasWaited };
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  /** Whose turn it is; undefined when there is no room for any of them. */
  #next(): Waiting | undefined {
    this.#forgetGone();
    if (this.#inside.size >= this.#limits.atOnce) return undefined;
    let next: Waiting | undefined;
    let fewest = this.#limits.perWorkspace;
    for (const waiting of this.#waiting) {
      const own = count(this.#inside, waiting.workspaceId);
      if (own < fewest) [next, fewest] = [waiting, own];
    }
    return next;
  }

  #forgetGone(): void {
    const now = Date.now();
    for (const place of this.#inside) if (place.until < now) this.#inside.delete(place);
    for (const waiting of this.#waiting)
      if (waiting.lookedAt + GONE_AFTER_MS < now) this.#waiting.delete(waiting);
  }
}

function count(of: Iterable<{ workspaceId: string }>, workspaceId: string): number {
  let own = 0;
  for (const one of of) if (one.workspaceId === workspaceId) own += 1;
  return own;
}

const tooMany = (cause?: unknown): AppError =>
  new AppError(
    'UNAVAILABLE',
    'Too many files are being fetched; try again shortly.',
    { part: 'media' },
    { cause },
  );

export type MediaGates = {
  /** Files on their way, each with a few chunks in memory. */
  passing: MediaGate;
  /** Files of unknown length, of which a part is in memory. */
  held: MediaGate;
  /** Large JSON bodies. */
  bodies: MediaGate;
};

const LIMITS = { waitingPerWorkspace: 16, waitMs: 20_000, longestMs: 60_000 };

export const createMediaGates = (): MediaGates => ({
  passing: new MediaGate({ atOnce: 24, perWorkspace: 4, ...LIMITS }),
  held: new MediaGate({ atOnce: 3, perWorkspace: 1, ...LIMITS }),
  bodies: new MediaGate({ atOnce: 2, perWorkspace: 1, ...LIMITS }),
});
