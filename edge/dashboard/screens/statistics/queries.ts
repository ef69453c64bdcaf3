import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { dayOf } from '../../components/days.ts';
import { momentsIn } from './week.ts';

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
const HELD_MS = 300_000;

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

/** More would be a large file for one picture. */
export const NEWEST = 2_000;

/** When the newest messages of the period were made: the counts of `/v1/stats` know days alone. */
export const momentsQuery = (days: number, sessionId: string | undefined) =>
  queryOptions({
    queryKey: ['stats', 'moments', days, sessionId],
    queryFn: async () => {
      const since = `${dayOf(Date.now() - (days - 1) * DAY_MS)}T00:00:00Z`;
      const query = {
        format: 'jsonl' as const,
        since,
        limit: NEWEST,
        ...(sessionId !== undefined && { sessionId }),
      };
      const options = { params: { query }, parseAs: 'text' } as const;
      return momentsIn(await askWhole(api.GET('/v1/messages/export', options)));
    },
    staleTime: HELD_MS,
  });

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => ask(api.GET('/v1/workspace')),
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
