import { createHash } from 'node:crypto';
import type { CommandResponse } from '../../shared/protocol/runner-commands.ts';
import type { Clock } from '../clock.ts';

export type CommandResult = { status: number; body: CommandResponse };

/** Longer than a signed request is good. */
const KEEP_MS = 2 * 60_000;
/** Few, since a result may be a picture. Those that still run come on top. */
const KEEP_COUNT = 200;

type Stored = { fingerprint: string; at: number; result: Promise<CommandResult>; settled: boolean };

/**
 * One result per command id: whoever asks again gets what the first asking got, also while that still runs. Bounded in
 * time and number.
 */
export class StoredResults {
  readonly #clock: Clock;
  readonly #stored = new Map<string, Stored>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns null when the id was used for another command: that is a bug of the caller, not a repetition */
  once(
    commandId: string,
    command: { sessionId: string; name: string; body: string },
    run: () => Promise<CommandResult>,
  ): Promise<CommandResult> | null {
    this.#forget();
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([command.sessionId, command.name, command.body]))
      .digest('hex');
    const known = this.#stored.get(commandId);
    if (known !== undefined) return known.fingerprint === fingerprint ? known.result : null;
    const result = run();
    const stored = { fingerprint, at: this.#clock.monotonic(), result, settled: false };
    this.#stored.set(commandId, stored);
    // The caller gets the failure from `result`; here only the end counts.
    void result.catch(() => undefined).then(() => (stored.settled = true));
    return result;
  }

  /** A command that still runs is never forgotten: asked for again, it would run twice. */
  #forget(): void {
    const before = this.#clock.monotonic() - KEEP_MS;
    for (const [id, { at, settled }] of this.#stored) {
      if (at >= before && this.#stored.size < KEEP_COUNT) return;
      if (settled) this.#stored.delete(id);
    }
  }
}
