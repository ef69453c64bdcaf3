import { z } from 'zod';

/** Milliseconds of the machine's monotonic clock, which all its processes share (`machineMs`). */
const MachineMs = z.number();

/** How patient a supervisor is, in milliseconds. */
export const SupervisorTiming = z.object({
  /** How often the runner reports that it is alive. */
  beatMs: z.number().positive(),
  /** A runner silent for this long hangs: once all leases are over it is killed, so that it comes back empty. */
  hungMs: z.number().positive(),
  /** How long a dead runner's next boot has before its death is reported: its disk has what no copy has. */
  nextBootMs: z.number().min(0),
});
export type SupervisorTiming = z.infer<typeof SupervisorTiming>;

/** The supervisor's one argument, as JSON. */
export const SupervisorOptions = SupervisorTiming.extend({ runnerPid: z.number().int().min(2) });
export type SupervisorOptions = z.infer<typeof SupervisorOptions>;

/** A POST that is signed already, so its sender needs no key. */
export const SignedCall = z.object({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type SignedCall = z.infer<typeof SignedCall>;

/** From the runner, one JSON a line. Each line counts as a beat; the end of the stream is the runner's end. */
export const ToSupervisor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('beat') }),
  /** The session may run until `deadline`, and no longer than until `wallDeadline` (Unix ms); each renewal moves both. */
  z.object({
    type: z.literal('lease'),
    sessionId: z.string(),
    epoch: z.number().int(),
    deadline: MachineMs,
    wallDeadline: z.number(),
  }),
  /** Roots of the session's process trees and its browser's profile; no pids: nothing of it runs. */
  z.object({
    type: z.literal('processes'),
    sessionId: z.string(),
    profileDir: z.string(),
    pids: z.array(z.number().int().min(2)),
  }),
  /** The report of the runner's death, in case it ends without draining; null when it ends in order. Its signature expires. */
  z.object({
    type: z.literal('last_word'),
    /** The runner's own, which its next boot locks. */
    dataDir: z.string(),
    request: SignedCall.nullable(),
  }),
  /** The session has left this runner: whatever is left of it is killed now. */
  z.object({ type: z.literal('release'), sessionId: z.string() }),
]);
export type ToSupervisor = z.infer<typeof ToSupervisor>;

/** From the supervisor, one JSON a line. */
export const FromSupervisor = z.discriminatedUnion('type', [
  /** Answers each `beat`. */
  z.object({ type: z.literal('alive') }),
  z.object({
    type: z.literal('killed'),
    sessionId: z.string(),
    epoch: z.number().int().nullable(),
    why: z.enum(['deadline', 'released', 'runner_gone']),
    /** Processes that were there. */
    pids: z.array(z.number().int()),
  }),
]);
export type FromSupervisor = z.infer<typeof FromSupervisor>;

/** CLOCK_MONOTONIC where there is one: never goes back, and means the same in every process of the machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
