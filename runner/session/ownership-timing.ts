import { LEASE } from '../../shared/protocol/leases.ts';

/** How a runner keeps what it owns, in milliseconds. Tests make it faster; what is done stays the same. */
export type OwnershipTiming = {
  heartbeatMs: number;
  /** A lease is over for us this long before it is for the edge. */
  fenceMarginMs: number;
};

export const OWNERSHIP_TIMING: OwnershipTiming = {
  heartbeatMs: LEASE.heartbeatMs,
  fenceMarginMs: LEASE.durationMs - LEASE.selfFenceMs,
};
