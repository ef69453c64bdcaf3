/**
 * How much a client has been sent beyond what it proved to have read. A server cannot see what waits on its way to a client,
 * so every so often it sends a frame that the client returns.
 */
export type Flow = {
  /** Since the last check, or since the beginning. */
  events: number;
  characters: number;
  /** The check that is on its way: the `seq` before it, and when it was sent (Unix ms). */
  check: { seq: number; at: number } | null;
};

const EVENTS = 500;
const CHARACTERS = 256 * 1024;
/** How long a client may take to return a check. */
const PATIENCE_MS = 30_000;

export const FRESH: Flow = { events: 0, characters: 0, check: null };

const isMuch = ({ events, characters }: Flow): boolean =>
  events >= EVENTS || characters >= CHARACTERS;

/** False while as much again was sent as before the check that is on its way. */
export const mayTake = (flow: Flow): boolean => flow.check === null || !isMuch(flow);

export const isCheckDue = (flow: Flow): boolean => flow.check === null && isMuch(flow);

export const afterEvent = (flow: Flow, characters: number): Flow => ({
  ...flow,
  events: flow.events + 1,
  characters: flow.characters + characters,
});

export const afterCheck = (seq: number, now: number): Flow => ({
  ...FRESH,
  check: { seq, at: now },
});

export const afterReturn = (flow: Flow, seq: number): Flow =>
  flow.check?.seq === seq ? { ...flow, check: null } : flow;

export const isSlow = ({ check }: Flow, now: number): boolean =>
  check !== null && now - check.at > PATIENCE_MS;
