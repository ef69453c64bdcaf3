import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../../api/client.ts';
import { dayOf } from '../../components/days.ts';

export type Row = Schemas['StatsRow'];
export const BYS = ['day', 'session', 'type'] as const;
export type By = (typeof BYS)[number];
export const COUNTS = [
  'received',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'unknown',
  'echoes',
] as const;

const DAY_MS = 86_400_000;
const COUNTED_EVERY_MS = 30_000;

export const statsQuery = (days: number, by: By, sessionId: string | undefined) =>
  queryOptions({
    queryKey: ['stats', days, by, sessionId],
    queryFn: () => {
      const from = dayOf(Date.now() - (days - 1) * DAY_MS);
      const query = { from, by, ...(sessionId !== undefined && { sessionId }) };
      return ask(api.GET('/v1/stats', { params: { query } }));
    },
    refetchInterval: COUNTED_EVERY_MS,
  });

export type Counts = Record<(typeof COUNTS)[number], number>;

/** All rows as one. Pure. */
export function sumOf(rows: readonly Row[]): Counts {
  const sum = (name: (typeof COUNTS)[number]): number =>
    rows.reduce((total, row) => total + row[name], 0);
  return {
    received: sum('received'),
    sent: sum('sent'),
    delivered: sum('delivered'),
    read: sum('read'),
    played: sum('played'),
    failed: sum('failed'),
    unknown: sum('unknown'),
    echoes: sum('echoes'),
  };
}

const quoted = (value: string): string =>
  /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** The table as a file. Pure. */
export const csvOf = (
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string =>
  [head, ...rows].map((row) => row.map((value) => quoted(String(value))).join(',')).join('\r\n');
