import type { SessionMetrics } from '../../shared/protocol/leases.ts';
import type { Clock } from '../clock.ts';
import type { EngineUsage, WhatsAppEngine } from '../engine/port.ts';
import type { Log } from '../log.ts';

type ResourceTiming = {
  everyMs: number;
  /** A session is quiet when nothing was sent or came in for this long. */
  quietMs: number;
  /** After this many measurements above the limit, a session is recycled although it is not quiet. */
  patience: number;
};

export const RESOURCE_TIMING: ResourceTiming = { everyMs: 30_000, quietMs: 10_000, patience: 20 };

/** What the watch needs of a session. */
type MeasuredSession = {
  assignment: { sessionId: string };
  engine: Pick<WhatsAppEngine, 'usage'> | null;
  status: string;
  measured(metrics: SessionMetrics): void;
  quietFor(ms: number): boolean;
  restart(signal: 'memory', detail: string): Promise<void>;
};

type ResourceWatchDeps = {
  clock: Clock;
  log: Log;
  timing: ResourceTiming;
  /** Null: sessions are measured and never recycled. */
  limitBytes: number | null;
  sessions: () => readonly MeasuredSession[];
  recycled: () => void;
};

type Seen = { engine: object; at: number; bytes: number; cpuMs: number; above: number };

/** Measures every session about every 30 s, and replaces a browser that grew past the limit, one at a time. */
export class ResourceWatch {
  readonly #deps: ResourceWatchDeps;
  #seen = new Map<string, Seen>();
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(deps: ResourceWatchDeps) {
    this.#deps = deps;
  }

  /** Memory of each session's processes, as measured last. */
  get bytes(): number[] {
    return [...this.#seen.values()].map(({ bytes }) => bytes);
  }

  start(): void {
    const { clock, timing, log } = this.#deps;
    this.#cancel = clock.after(timing.everyMs, () => {
      this.look()
        .catch((error: unknown) => log.error('resources.failed', { error }))
        .finally(() => {
          if (!this.#stopped) this.start();
        });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** One round: measures all, then recycles at most one and waits for that. */
  async look(): Promise<void> {
    const before = this.#seen;
    this.#seen = new Map();
    const over: { session: MeasuredSession; bytes: number; above: number }[] = [];
    for (const session of this.#deps.sessions()) {
      const { engine } = session;
      const usage = (await engine?.usage()) ?? null;
      if (engine === null || usage === null) continue;
      const { sessionId } = session.assignment;
      const known = before.get(sessionId);
      // Another engine counts its processor time from its own start.
      const last = known?.engine === engine ? known : null;
      session.measured(this.#metrics(usage, last));
      const bytes = usage.pssBytes ?? usage.rssBytes;
      const isOver = this.#deps.limitBytes !== null && bytes > this.#deps.limitBytes;
      const above = isOver ? (last?.above ?? 0) + 1 : 0;
      this.#seen.set(sessionId, {
        engine,
        at: this.#deps.clock.monotonic(),
        bytes,
        cpuMs: usage.cpuMs,
        above,
      });
      if (isOver && session.status === 'online') over.push({ session, bytes, above });
    }
    await this.#recycleOne(over.toSorted((one, other) => other.bytes - one.bytes));
  }

  #metrics(usage: EngineUsage, last: Seen | null): SessionMetrics {
    const { processes, rssBytes, pssBytes, cpuMs } = usage;
    const elapsed = last === null ? 0 : this.#deps.clock.monotonic() - last.at;
    // A process that ended takes its time out of the sum.
    const spent = last === null ? 0 : Math.max(0, cpuMs - last.cpuMs);
    const cpuPercent = elapsed > 0 ? Math.round((spent / elapsed) * 1000) / 10 : null;
    return { processes, rssBytes, pssBytes, cpuPercent };
  }

  async #recycleOne(
    over: readonly { session: MeasuredSession; bytes: number; above: number }[],
  ): Promise<void> {
    const { timing, limitBytes, log } = this.#deps;
    const chosen = over.find(
      ({ session, above }) => session.quietFor(timing.quietMs) || above > timing.patience,
    );
    if (chosen === undefined || this.#stopped) return;
    const { sessionId } = chosen.session.assignment;
    const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
    const detail = `${megabytes(chosen.bytes)} MB of ${megabytes(limitBytes ?? 0)} MB`;
    log.warn('session.recycled', { sessionId, detail });
    this.#deps.recycled();
    await chosen.session.restart('memory', detail);
  }
}
