import type { FlowControl } from './message.ts';

/** How many deliveries of a key began in the current period, which opened at `openedAt` (unix ms). */
export type RateWindow = { openedAt: number; begun: number };

export type FlowDecision =
  | { allow: true; window: RateWindow }
  /** `reopensAt` undefined: when one of the key's deliveries has ended. */
  | { allow: false; reopensAt: number | undefined };

/** Whether a delivery of this key may begin now, under the limits its message was published with. */
export function decideFlow(
  flow: FlowControl,
  inFlight: number,
  window: RateWindow | undefined,
  now: number,
): FlowDecision {
  if (flow.parallelism !== undefined && inFlight >= flow.parallelism) {
    return { allow: false, reopensAt: undefined };
  }
  const current =
    window === undefined || now >= window.openedAt + flow.periodMs
      ? { openedAt: now, begun: 0 }
      : window;
  if (flow.rate !== undefined && current.begun >= flow.rate) {
    return { allow: false, reopensAt: current.openedAt + flow.periodMs };
  }
  return { allow: true, window: { openedAt: current.openedAt, begun: current.begun + 1 } };
}
