import { AppError } from '../../shared/errors.ts';

const LOOK_EVERY_MS = 50;

/**
 * Lets few files through an isolate at once, and fewer of one workspace, so that its memory stays bounded. Others wait.
 * They look again by themselves: an isolate's requests cannot wake each other when one of them is cut off.
 */
export class MediaGate {
  readonly #inside = new Set<{ workspaceId: string; until: number }>();
  readonly #limits: { atOnce: number; perWorkspace: number; waitMs: number; longestMs: number };

  /** @param limits.longestMs after this the place of a request that was given up is free again */
  constructor(limits: { atOnce: number; perWorkspace: number; waitMs: number; longestMs: number }) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when there is room.
   * @throws AppError UNAVAILABLE when there is none within `waitMs`
   */
  async run<Result>(workspaceId: string, work: () => Promise<Result>): Promise<Result> {
    const giveUpAt = Date.now() + this.#limits.waitMs;
    while (!this.#hasRoom(workspaceId)) {
      if (Date.now() >= giveUpAt)
        throw new AppError('UNAVAILABLE', 'Too many files are being fetched; try again shortly.', {
          part: 'media',
        });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    const place = { workspaceId, until: Date.now() + this.#limits.longestMs };
    this.#inside.add(place);
    try {
      return await work();
    } finally {
      this.#inside.delete(place);
    }
  }

  #hasRoom(workspaceId: string): boolean {
    let own = 0;
    for (const place of this.#inside) {
      if (place.until < Date.now()) this.#inside.delete(place);
      else if (place.workspaceId === workspaceId) own += 1;
    }
    return this.#inside.size < this.#limits.atOnce && own < this.#limits.perWorkspace;
  }
}

export type MediaGates = {
  /** Files on their way, each with a few chunks in memory. */
  passing: MediaGate;
  /** Files of unknown length, which storage takes only when all of it is there. */
  held: MediaGate;
};

const TIME = { waitMs: 20_000, longestMs: 60_000 };

export const createMediaGates = (): MediaGates => ({
  passing: new MediaGate({ atOnce: 8, perWorkspace: 4, ...TIME }),
  held: new MediaGate({ atOnce: 2, perWorkspace: 1, ...TIME }),
});
