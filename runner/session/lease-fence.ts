import type { Clock } from '../clock.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

type Lease = { deadline: number; wallDeadline: number; cancel: () => void };

/** How often the clocks are checked: after the machine slept, timers fire too late. */
const LOOK_MS = 1_000;

/**
 * Ends each session's lease by this runner's own clocks. The supervisor gets every deadline too, since an event loop that
 * hangs cannot fence itself. A lease is over when either clock is past its deadline: the monotonic one may stand still
 * while the machine sleeps, the wall clock may be set back.
 */
export type LeaseFence = {
  renew(lease: {
    sessionId: string;
    epoch: number;
    /** When the request that renewed it was sent, monotonic ms. */
    sentAt: number;
    leaseMs: number;
    kill: () => void;
  }): void;
  isCurrent(sessionId: string): boolean;
  release(sessionId: string): void;
};

/** @param marginMs between our own end of a lease and the edge's */
export function createLeaseFence(deps: {
  clock: Clock;
  supervisor: Pick<Supervisor, 'lease' | 'release'>;
  marginMs: number;
}): LeaseFence {
  const { clock, supervisor, marginMs } = deps;
  const leases = new Map<string, Lease>();
  const isOver = ({ deadline, wallDeadline }: Lease): boolean =>
    clock.monotonic() >= deadline || clock.now() >= wallDeadline;
  return {
    renew({ sessionId, epoch, sentAt, leaseMs, kill }) {
      leases.get(sessionId)?.cancel();
      const deadline = sentAt + leaseMs - marginMs;
      const leftMs = deadline - clock.monotonic();
      const wallDeadline = clock.now() + leftMs;
      supervisor.lease({ sessionId, epoch, deadline, wallDeadline });
      const look = (): void => {
        if (isOver(lease)) return kill();
        const next = Math.min(deadline - clock.monotonic(), LOOK_MS);
        lease.cancel = clock.after(next, look);
      };
      const cancel = clock.after(Math.min(leftMs, LOOK_MS), look);
      const lease: Lease = { deadline, wallDeadline, cancel };
      leases.set(sessionId, lease);
    },
    isCurrent(sessionId) {
      const lease = leases.get(sessionId);
      return lease !== undefined && !isOver(lease);
    },
    release(sessionId) {
      leases.get(sessionId)?.cancel();
      leases.delete(sessionId);
      supervisor.release(sessionId);
    },
  };
}
