import type { RunnerLoad } from '../../edge/runners/placement.ts';

/** How long things take in the simulated world, in milliseconds; measured on the local fleet or taken from Fly's pages. */
export const TIMES = {
  heartbeatMs: 5_000,
  machineBootMs: [15_000, 40_000],
  crashRestartMs: [2_000, 8_000],
  browserStartMs: [4_000, 9_000],
  drainMs: [15_000, 60_000],
  /** What one heartbeat may bring a runner. */
  orphansPerHeartbeat: 3,
} as const;

export type SimSession = {
  id: number;
  workspace: number;
  region: string;
  machine: SimMachine | null;
  /** The owner's browsers are gone for certain from here on; it may be taken up. */
  freeAt: number;
  /** Since when it is not online; null while it is. */
  downSince: number | null;
  onlineAt: number;
  /** What took it down, for the report. */
  cause: string;
};

export type SimMachine = RunnerLoad & {
  requestId: string;
  image: string;
  desired: 'running' | 'stopped' | 'gone';
  desiredAt: number;
  madeAt: number;
  state: 'starting' | 'started' | 'stopping' | 'stopped' | 'failed';
  refusedAt: number | null;
  /** Heartbeats come from here on. */
  aliveFrom: number;
  heardAt: number | null;
  silentAt: number | null;
  busyAt: number;
  /** A drain ends here. */
  stopsAt: number | null;
  carried: Set<SimSession>;
  minuteOfStarts: number;
};
