import type { Deployment } from '../../testing/deployment.ts';
import { percentiles } from '../../testing/stats.ts';
import type { Row } from '../report.ts';
import { DAYS } from './fill.ts';

const CALLS = 50;
/** Of a route of the statistics, whatever it counts. */
const GOAL_MS = 50;
const DAY_MS = 24 * 3_600_000;

type Route = { what: string; path: string; goal?: number };

/** Routes over a large log: the statistics in each form, and the log as people narrow it. */
export function routesOf(sessionId: string): Route[] {
  const day = (ago: number): string =>
    new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  const all = `from=${day(DAYS + 1)}&to=${day(0)}`;
  const statistics = [
    { what: 'stats by day, 30 days', path: '/v1/stats' },
    { what: `stats by day, ${DAYS} days`, path: `/v1/stats?${all}` },
    { what: `stats by session, ${DAYS} days`, path: `/v1/stats?${all}&by=session` },
    { what: `stats by type, ${DAYS} days`, path: `/v1/stats?${all}&by=type` },
    {
      what: `stats of one session and type, ${DAYS} days`,
      path: `/v1/stats?${all}&sessionId=${sessionId}&type=text`,
    },
    { what: 'usage, this month', path: '/v1/usage' },
    { what: 'usage, an earlier month', path: `/v1/usage?month=${day(90).slice(0, 7)}` },
  ].map((route) => ({ ...route, goal: GOAL_MS }));
  const list = '/v1/messages?limit=100';
  const log = [
    { what: 'messages, first page of 100', path: list },
    { what: 'messages, a page half-way', path: `${list}&until=${day(DAYS / 2)}T00:00:00Z` },
    { what: 'messages of a session', path: `${list}&sessionId=${sessionId}` },
    { what: 'messages that failed', path: `${list}&status=failed` },
    { what: 'messages of a chat', path: `${list}&chatId=%2B15550004711` },
    { what: 'messages by reference', path: `${list}&reference=order-20000` },
    {
      what: 'messages of a day',
      path: `${list}&since=${day(90)}T00:00:00Z&until=${day(89)}T00:00:00Z`,
    },
    { what: 'messages of a type', path: `${list}&type=voice` },
    { what: 'messages of a type that there is none of', path: `${list}&type=poll` },
    { what: 'one message', path: `/v1/messages/msg_${'m20000'.padStart(26, '0')}` },
  ];
  return [...statistics, ...log];
}

/** The first answer of each route since the start, then the median and the 99th percentile of 50 more. */
export async function routeRows(deployment: Deployment, routes: Route[]): Promise<Row[]> {
  const timed = async ({ path }: Route): Promise<number> => {
    const startedAt = performance.now();
    const { status, text } = await deployment.api.call('GET', path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return performance.now() - startedAt;
  };
  const cold: number[] = [];
  for (const route of routes) cold.push(await timed(route));
  const rows: Row[] = [];
  for (const [index, route] of routes.entries()) {
    const warm: number[] = [];
    for (let call = 0; call < CALLS; call += 1) warm.push(await timed(route));
    const { p50, p99 } = percentiles(warm);
    const goal = route.goal === undefined ? {} : { goal: route.goal };
    rows.push(
      { what: `${route.what}: first since the start`, unit: 'ms', actual: cold[index] ?? 0 },
      { what: `${route.what}: p50`, unit: 'ms', actual: p50 },
      { what: `${route.what}: p99`, unit: 'ms', actual: p99, ...goal },
    );
  }
  return rows;
}
