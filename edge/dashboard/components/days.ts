import type { Schemas } from '../api/client.ts';
import { t } from '../messages/en.ts';

type Row = Schemas['StatsRow'];
export type Day = Pick<Row, 'received' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown'> & {
  day: string;
};

const DAY_MS = 86_400_000;
const NOTHING = { received: 0, sent: 0, delivered: 0, read: 0, failed: 0, unknown: 0 };

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every day up to today, also those without messages. Pure. */
export function everyDay(rows: readonly Row[], days: number, now: number): Day[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return Array.from({ length: days }, (_, index) => {
    const day = dayOf(now - (days - 1 - index) * DAY_MS);
    return { ...NOTHING, ...known.get(day), day };
  });
}

/** `29 Nov` */
export const shortDay = (day: string): string =>
  new Date(day).toLocaleDateString(t.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
