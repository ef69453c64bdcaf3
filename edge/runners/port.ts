import type {
  CommandInput,
  CommandName,
  CommandOutput,
  DoorbellRequest,
  DoorbellResponse,
} from '../../shared/protocol/index.ts';

/** Where a session's owner is reached: the row of `runners` joined with the lease, read in the caller's own statement. */
export type RunnerAddress = { runnerId: string; bootId: string; url: string };

export type SessionAddress = RunnerAddress & { sessionId: string; epoch: number };

/**
 * Signed HTTP to runners. Failures to reach one, time-outs and 5xx are AppError UNAVAILABLE; what a runner refuses is an
 * AppError with the runner's own code. A `traceparent` is passed on.
 */
export type RunnerClient = {
  /** Asks the runner to send a heartbeat now. */
  wake(address: RunnerAddress): Promise<void>;
  doorbell(
    address: SessionAddress,
    request: DoorbellRequest,
    traceparent?: string,
  ): Promise<DoorbellResponse>;
  command<Name extends CommandName>(
    address: SessionAddress,
    name: Name,
    input: CommandInput<Name>,
    traceparent?: string,
  ): Promise<CommandOutput<Name>>;
};
