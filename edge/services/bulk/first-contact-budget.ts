export type FirstContactLimits = { perHour: number | null; perDay: number | null };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Finds times for first contacts so that no hour has more than `perHour` and no day more than `perDay`, with those that a
 * session has had or planned. Pure, but for its own list of times. Times are Unix ms.
 * @returns the earliest time from `from` on, which is taken then
 */
export function firstContactBudget(
  { perHour, perDay }: FirstContactLimits,
  taken: readonly number[],
): (from: number) => number {
  const times = taken.toSorted((a, b) => a - b);
  const rules = [
    ...(perHour === null ? [] : [{ limit: perHour, windowMs: HOUR_MS }]),
    ...(perDay === null ? [] : [{ limit: perDay, windowMs: DAY_MS }]),
  ];
  return (from) => {
    let at = from;
    for (;;) {
      const place = placeOf(times, at);
      const later = Math.max(...rules.map((rule) => nextTry(times, { ...rule, at, place })), at);
      if (later === at) {
        times.splice(place, 0, at);
        return at;
      }
      at = later;
    }
  };
}

/** How many times are at or before `at`. */
function placeOf(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `at` itself if the rule allows it, else a later time before which it certainly does not. */
function nextTry(
  times: readonly number[],
  { limit, windowMs, at, place }: { limit: number; windowMs: number; at: number; place: number },
): number {
  /** The times as they would be with this one. */
  const time = (index: number): number =>
    (index < place ? times[index] : index === place ? at : times[index - 1]) ?? Infinity;
  for (let first = place; first >= Math.max(0, place - limit); first -= 1)
    if (time(first + limit) - time(first) < windowMs)
      return first === place ? time(place + 1) : time(first) + windowMs;
  return at;
}
