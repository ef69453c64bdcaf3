const DAY_MS = 86_400_000;

type Clock = { timeZone: string; cleanupTime: string };

/**
 * The first clean-up at or after a moment, in Unix ms: when the clock of the time zone shows that time of day. A time that the
 * clock skips is as much later as it skips; of one that it shows twice, it is the first.
 * @param cleanupTime `HH:MM`
 * @param timeZone IANA name
 */
export function nextCleanup(from: number, { timeZone, cleanupTime }: Clock): number {
  const offsetAt = offsetsOf(timeZone);
  const [hours = 0, minutes = 0] = cleanupTime.split(':').map(Number);
  const today = Math.floor((from + offsetAt(from)) / DAY_MS) * DAY_MS;
  const timeOfDay = (hours * 60 + minutes) * 60_000;
  const [next = Number.NaN] = [today - DAY_MS, today, today + DAY_MS]
    .map((day) => instantOf(day + timeOfDay, offsetAt))
    .filter((instant) => instant >= from);
  return next;
}

/** When the clock shows this; the clock is written as if it were UTC. */
function instantOf(shown: number, offsetAt: (instant: number) => number): number {
  const before = shown - offsetAt(shown - DAY_MS);
  const after = shown - offsetAt(shown + DAY_MS);
  const shownAt = [before, after].filter((instant) => instant + offsetAt(instant) === shown);
  return shownAt.length === 0 ? before : Math.min(...shownAt);
}

/** How far the clock of a time zone is ahead of UTC at a moment, in ms. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const shown = format.formatToParts(instant);
    const part = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(shown.find((one) => one.type === type)?.value);
    const day = Date.UTC(part('year'), part('month') - 1, part('day'));
    const clock = day + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000;
    return clock - Math.floor(instant / 1000) * 1000;
  };
}
