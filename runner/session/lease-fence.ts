import type { Clock } from '../clock.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

type Lease = { deadline: number; cancel: () => void };

/**
 * When each session's lease ends for us. The first line: it closes a session in order of business. Behind it stands the
 * supervisor, told of every deadline, since an event loop that hangs cannot fence itself.
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
  return {
    renew({ sessionId, epoch, sentAt, leaseMs, kill }) {
      leases.get(sessionId)?.cancel();
      const deadline = sentAt + leaseMs - marginMs;
      supervisor.lease({ sessionId, epoch, deadline });
      const expire = (): void => {
        // A timer may fire a touch early; the deadline is what counts.
        const left = deadline - clock.monotonic();
        if (left > 0) lease.cancel = clock.after(left, expire);
        else kill();
      };
      const lease = { deadline, cancel: clock.after(deadline - clock.monotonic(), expire) };
      leases.set(sessionId, lease);
    },
    isCurrent(sessionId) {
      const lease = leases.get(sessionId);
      return lease !== undefined && clock.monotonic() < lease.deadline;
    },
    release(sessionId) {
      leases.get(sessionId)?.cancel();
      leases.delete(sessionId);
      supervisor.release(sessionId);
    },
  };
}
