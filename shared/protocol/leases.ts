import { z } from 'zod';
import {
  SANDBOX_PROFILES,
  SESSION_ENGINES,
  SESSION_MODES,
  SESSION_STATUSES,
} from '../session-status.ts';

/** Lease numbers of ARCHITECTURE's "Ownership", in milliseconds. */
export const LEASE = {
  heartbeatMs: 5_000,
  durationMs: 30_000,
  /** A runner that could not renew kills the session's browser this long after the last good request was sent. */
  selfFenceMs: 20_000,
  /** Others may take over this long after the last renewal. */
  takeoverMs: 35_000,
} as const;

/** What a session takes in beside chats: both are much and seldom wanted, so that they are off by default. */
export const Traffic = z.object({ status: z.boolean(), channels: z.boolean() });
export type Traffic = z.infer<typeof Traffic>;

/** How the linked device behaves towards others. */
export const Conduct = z.object({
  /** It is "online" as long as it is connected; otherwise never, and the phone rings as usual. */
  alwaysOnline: z.boolean(),
  /** It rejects calls. */
  rejectCalls: z.boolean(),
  /** Ids of people whose presence it reports. An edge of an earlier version names none. */
  presenceOf: z.array(z.string()).default([]),
});
export type Conduct = z.infer<typeof Conduct>;

/** A proxy for one session's browser: `http://host:port`, `https://…` or `socks5://…`, and how to log in there. */
export const SessionProxy = z.object({
  url: z.url(),
  username: z.string().optional(),
  password: z.string().optional(),
});
export type SessionProxy = z.infer<typeof SessionProxy>;

/** What a session's processes take, as the runner measured it. */
export const SessionMetrics = z.object({
  /** Proportional set size: shared pages counted by share. Null where the system does not tell it. */
  pssBytes: z.number().int().min(0).nullable(),
  rssBytes: z.number().int().min(0),
  /** Share of one core since the measurement before; null at the first. */
  cpuPercent: z.number().min(0).nullable(),
  processes: z.number().int().min(0),
  /** Errors on the page since the runner took the session. A runner of an earlier version does not report them. */
  pageErrors: z.number().int().min(0).optional(),
});
export type SessionMetrics = z.infer<typeof SessionMetrics>;

/** Everything a runner needs to drive a session for one epoch. */
export const Assignment = z.object({
  sessionId: z.string(),
  workspaceId: z.string(),
  epoch: z.number().int(),
  engine: z.enum(SESSION_ENGINES).default('wwebjs'),
  mode: z.enum(SESSION_MODES),
  sandboxProfile: z.enum(SANDBOX_PROFILES).optional(),
  /** Hex key that wire ids are derived from. */
  sessionKey: z.string(),
  /** Smallest gap between two sends, and how much random time is added at most. */
  pacing: z.object({ minIntervalMs: z.number().int().min(0), jitterMs: z.number().int().min(0) }),
  highestQueueSeq: z.number().int(),
  /** The number that was linked before, bare digits: another one needs the user's word. */
  phoneNumber: z.string().nullable().optional(),
  traffic: Traffic.optional(),
  conduct: Conduct.optional(),
  /** The browser's way out; without it, the runner's own. */
  proxy: SessionProxy.optional(),
  /** Version of the sealed copy that is current; 0 where there is none. A local profile of an earlier one is an old one. */
  keptVersion: z.number().int().min(0).default(0),
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
  /** Sessions that it closed and gives back: others may take them at once. */
  released: z.array(z.object({ sessionId: z.string(), epoch: z.number().int() })).optional(),
  /** How many more sessions it would bring up now. */
  startRoom: z.number().int().min(0).optional(),
  /** Of the process that holds the sessions. */
  pid: z.number().int().optional(),
  /** Of Waypost. */
  version: z.string().max(64).optional(),
  /** Sessions that it does not hold and whose folders are on its disk; told now and then. */
  stored: z.array(z.string()).max(1_000).optional(),
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      epoch: z.number().int(),
      status: z.enum(SESSION_STATUSES),
      started: z.boolean(),
      /** When it was measured since the last heartbeat, about every 30 s. */
      metrics: SessionMetrics.optional(),
    }),
  ),
});
export type HeartbeatRequest = z.infer<typeof HeartbeatRequest>;

/** Said for a boot that ended without a word, by its supervisor: nothing of its sessions runs any more. */
export const DeathNotice = z.object({ runnerId: z.string(), bootId: z.string() });
export type DeathNotice = z.infer<typeof DeathNotice>;

export const HeartbeatResponse = z.object({
  /** Renewed: `leaseMs` counts from when the request was sent. */
  renewed: z.array(
    z.object({
      sessionId: z.string(),
      epoch: z.number().int(),
      highestQueueSeq: z.number().int(),
      /** What the user may have changed since the assignment. */
      pacing: Assignment.shape.pacing.optional(),
      traffic: Traffic.optional(),
      conduct: Conduct.optional(),
    }),
  ),
  /** No longer this runner's, or wanted stopped: close the browser and forget. */
  lost: z.array(
    z.object({ sessionId: z.string(), reason: z.enum(['taken', 'stopped', 'deleted']) }),
  ),
  assigned: z.array(Assignment),
  leaseMs: z.number().int(),
});
export type HeartbeatResponse = z.infer<typeof HeartbeatResponse>;
