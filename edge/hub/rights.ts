import { AppError } from '../../shared/errors.ts';
import type { ServiceContext, Services } from '../context.ts';
import type { CloseReason } from '../realtime/frames.ts';
import { contextOfHolder } from '../services/realtime/holder.ts';
import type { SocketState } from './socket-state.ts';

/** For how long what was read of a holder's rights is believed. */
const FRESH_MS = 5_000;

type Right = { ctx: ServiceContext } | { closed: CloseReason };

type RightsDeps = {
  /** Makes them anew: they become the context of the holder. */
  servicesOfHolder: () => Services;
  now: () => number;
};

/** The rights of those who hold sockets, read for all sockets of a holder at once. */
export class Rights {
  readonly #deps: RightsDeps;
  /** The oldest first. */
  readonly #known = new Map<string, { at: number; right: Promise<Right> }>();

  constructor(deps: RightsDeps) {
    this.#deps = deps;
  }

  /** Has all be read again. */
  forget(): void {
    this.#known.clear();
  }

  /** @throws what the database throws when it is out of reach */
  of({ holder, address }: SocketState): Promise<Right> {
    const { servicesOfHolder, now: clock } = this.#deps;
    const now = clock();
    for (const [key, { at }] of this.#known) {
      if (at >= now - FRESH_MS) break;
      this.#known.delete(key);
    }
    const key = JSON.stringify([holder, address]);
    const known = this.#known.get(key);
    if (known !== undefined) return known.right;
    const right = contextOfHolder(servicesOfHolder(), holder, address).then(
      (ctx) => ({ ctx }),
      (error: unknown) => {
        this.#known.delete(key);
        return { closed: closedFor(error) };
      },
    );
    this.#known.set(key, { at: now, right });
    return right;
  }
}

function closedFor(error: unknown): CloseReason {
  if (error instanceof AppError && error.code === 'UNAUTHORIZED') return 'unauthorized';
  if (error instanceof AppError && error.code === 'FORBIDDEN') return 'forbidden';
  throw error;
}
