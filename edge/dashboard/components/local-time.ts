const MINUTE_MS = 60_000;

/** A moment in the zone of this browser, as an input of a local time wants it. */
export const localTime = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
