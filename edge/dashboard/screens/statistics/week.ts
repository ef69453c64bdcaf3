import { t } from '../../messages/en.ts';

export const HOURS = 24;
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
/** As `Intl` says them in English, whatever the page's language. */
const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Monday to Sunday, in the words of the page. */
export const WEEKDAYS = NAMES.map((_, index) =>
  new Date(MONDAY_MS + index * DAY_MS).toLocaleDateString(t.locale, {
    weekday: 'short',
    timeZone: 'UTC',
  }),
);

export type Week = readonly (readonly number[])[];

/** How many of these moments fall into each hour of each weekday, by the clocks of this zone. Pure. */
export function weekOf(moments: readonly string[], timeZone: string): Week {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const week = NAMES.map(() => Array.from({ length: HOURS }, () => 0));
  for (const moment of moments) {
    const parts = clock.formatToParts(Date.parse(moment));
    const valueOf = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    const hours = week[NAMES.indexOf(valueOf('weekday'))];
    const hour = Number(valueOf('hour'));
    if (hours !== undefined) hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return week;
}

/** When each message of an export in JSON Lines was made. Pure. */
export const momentsIn = (lines: string): string[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const row: unknown = JSON.parse(line);
      const isRow = typeof row === 'object' && row !== null && 'createdAt' in row;
      return isRow && typeof row.createdAt === 'string' ? [row.createdAt] : [];
    });
