import { z } from 'zod';
import { SANDBOX_PROFILES, SESSION_MODES, SESSION_STATUSES } from '../session-status.ts';

/** Lease numbers of ARCHITECTURE's "Ownership", in milliseconds. */
export const LEASE = {
  heartbeatMs: 5_000,
  durationMs: 30_000,
  /** A runner that could not renew kills the session's browser this long after the last good request was sent. */
  selfFenceMs: 20_000,
  /** Others may take over this long after the last renewal. */
  takeoverMs: 35_000,
} as const;

/** Everything a runner needs to drive a session for one epoch. */
export const Assignment = z.object({
  sessionId: z.string(),
  workspaceId: z.string(),
  epoch: z.number().int(),
  mode: z.enum(SESSION_MODES),
  sandboxProfile: z.enum(SANDBOX_PROFILES).optional(),
  /** Hex key that wire ids are derived from. */
  sessionKey: z.string(),
  /** Smallest gap between two sends, and how much random time is added at most. */
  pacing: z.object({ minIntervalMs: z.number().int().min(0), jitterMs: z.number().int().min(0) }),
  highestQueueSeq: z.number().int(),
  /** (epoch, boot) that last started this session; a local profile is good only if they are this runner's own. */
  lastStarted: z
    .object({ epoch: z.number().int(), runnerId: z.string(), bootId: z.string() })
    .nullable(),
});
export type Assignment = z.infer<typeof Assignment>;

export const HeartbeatRequest = z.object({
  runnerId: z.string(),
  bootId: z.string(),
  url: z.url(),
  region: z.string(),
  maxSessions: z.number().int().min(1),
  draining: z.boolean(),
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      epoch: z.number().int(),
      status: z.enum(SESSION_STATUSES),
      started: z.boolean(),
    }),
  ),
});
export type HeartbeatRequest = z.infer<typeof HeartbeatRequest>;

export const HeartbeatResponse = z.object({
  /** Renewed: `leaseMs` counts from when the request was sent. */
  renewed: z.array(
    z.object({ sessionId: z.string(), epoch: z.number().int(), highestQueueSeq: z.number().int() }),
  ),
  /** No longer this runner's, or wanted stopped: close the browser and forget. */
  lost: z.array(
    z.object({ sessionId: z.string(), reason: z.enum(['taken', 'stopped', 'deleted']) }),
  ),
  assigned: z.array(Assignment),
  leaseMs: z.number().int(),
});
export type HeartbeatResponse = z.infer<typeof HeartbeatResponse>;
