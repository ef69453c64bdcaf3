const DAY_MS = 86_400_000;

/** This moment as a clock on the wall shows it there, read as if it were UTC. In milliseconds. */
function wallOf(at: number, timeZone?: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

const dayAt = (at: number, timeZone?: string): string =>
  Number.isNaN(at) ? '' : new Date(wallOf(at, timeZone)).toISOString().slice(0, 10);

/** The day on which `since` begins, as a date field has it; empty without one. The zone is the browser's unless given. */
export const firstDay = (since: string | undefined, timeZone?: string): string =>
  dayAt(Date.parse(since ?? ''), timeZone);

/** The last day before `until`, which is itself no longer in it. */
export const lastDay = (until: string | undefined, timeZone?: string): string =>
  dayAt(Date.parse(until ?? '') - 1_000, timeZone);

/** When a day of a date field begins there, as the API wants it; empty without a day. */
export function startOfDay(day: string, timeZone?: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc)) return '';
  const offset = (at: number): number => wallOf(at, timeZone) - at;
  // Twice: the clocks may change between midnight in UTC and there.
  return new Date(utc - offset(utc - offset(utc))).toISOString();
}

/** When the day after it begins. */
export function startOfNext(day: string, timeZone?: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(utc)
    ? ''
    : startOfDay(new Date(utc + DAY_MS).toISOString().slice(0, 10), timeZone);
}
