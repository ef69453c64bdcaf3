import { LEASE } from '../../shared/protocol/leases.ts';
import type { Clock } from '../clock.ts';

type Lease = { deadline: number; cancel: () => void };

/**
 * When each session's lease ends for us. Kept apart from the sessions, so that a process of its own can do it: an event
 * loop that hangs cannot fence itself.
 */
export type LeaseFence = {
  /** The lease was renewed by a request sent at `sentAt` (monotonic ms) for `leaseMs`. */
  renew(sessionId: string, sentAt: number, leaseMs: number, kill: () => void): void;
  isCurrent(sessionId: string): boolean;
  release(sessionId: string): void;
};

/** Margin between our own end of a lease and the moment when others may take over. */
const MARGIN_MS = LEASE.durationMs - LEASE.selfFenceMs;

export function createLeaseFence(clock: Clock): LeaseFence {
  const leases = new Map<string, Lease>();
  return {
    renew(sessionId, sentAt, leaseMs, kill) {
      leases.get(sessionId)?.cancel();
      const deadline = sentAt + leaseMs - MARGIN_MS;
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
    },
  };
}
