/** States of the Fly Machines API, and what others may be mapped to. docs/fleet.md says what each means to us. */
export const MACHINE_STATES = [
  'creating',
  'created',
  'starting',
  'started',
  'restarting',
  'updating',
  'replacing',
  'suspending',
  'suspended',
  'stopping',
  'stopped',
  'failed',
  'launch_failed',
  'destroying',
  'destroyed',
  'replaced',
  'migrated',
] as const;
export type MachineState = (typeof MACHINE_STATES)[number];

/** A machine as its provider shows it. Its id is the id of the runner on it. */
export type Machine = {
  machineId: string;
  /** What `create` was told; null when the machine does not say. */
  requestId: string | null;
  region: string;
  image: string;
  state: MachineState;
  /** Unix ms, by the provider's clock. */
  createdAt: number;
};

/** The provider will not make this machine, and asking again would not help: no capacity in the region, a wrong image. */
export class MachineRefusedError extends Error {
  override name = 'MachineRefusedError';
}

/** The provider cannot be reached, or asks for patience, for longer than we try. What was asked may have been done. */
export class FleetUnavailableError extends Error {
  override name = 'FleetUnavailableError';
}

/**
 * Where machines with runners come from. All but `create` may be asked twice and are then done once; `create` is, for one
 * request id. A call that the provider does not answer throws FleetUnavailableError; a machine that is not there is no error.
 */
export type Fleet = {
  /** Null for a fleet that only people can change: machines are then neither made nor removed. */
  scaling: { image: string; minMachines: number; maxMachines: number; regions: string[] } | null;
  /** Every machine of ours that is not destroyed. */
  list(): Promise<Machine[]>;
  /** @throws MachineRefusedError */
  create(request: { requestId: string; region: string }): Promise<Machine>;
  /** Starts one that is stopped. */
  start(machineId: string): Promise<void>;
  /** Takes it out of routing and asks its runner to drain; it is `stopped` within the kill timeout. */
  stop(machineId: string): Promise<void>;
  /** Removes it, whatever it is doing. */
  destroy(machineId: string): Promise<void>;
};
