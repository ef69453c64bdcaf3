import { expect, test } from 'vitest';
import evolution from '../../docs/migrate/evolution.md?raw';
import gateway from '../../docs/migrate/gateway.md?raw';
import instances from '../../docs/migrate/instances.md?raw';
import queue from '../../docs/migrate/queue.md?raw';
import sessions from '../../docs/migrate/sessions.md?raw';
import wa from '../../docs/migrate/wa.md?raw';
import waha from '../../docs/migrate/waha.md?raw';
import { createHarness } from '../testing/harness.ts';
import { readDocument } from '../testing/openapi.ts';
import { SYSTEMS } from './systems.ts';

/* Each guide's table of routes has those that there are, and no other. */
const harness = await createHarness();
const GUIDES: Readonly<Record<string, string>> = {
  gateway,
  instances,
  sessions,
  queue,
  wa,
  waha,
  evolution,
};

/** The routes of the guide's table, which shortens: `GET`, `POST /a` and `POST /a/b`, `…/c`. */
function routesIn(guide: string): string[] {
  const [, table = ''] = /^\| route \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(guide) ?? [];
  return table
    .trim()
    .split('\n')
    .flatMap((row) => routesInCell(row.split('|')[1] ?? ''));
}

function routesInCell(cell: string): string[] {
  const routes: string[] = [];
  let [before, method, path]: [string[], string, string] = [[], '', ''];
  for (const [, code = ''] of cell.matchAll(/`([^`]+)`/g)) {
    const [, own = '', shown = ''] = /^([A-Z]*) ?(.*)$/.exec(code) ?? [];
    if (shown === '') {
      before.push(own);
      continue;
    }
    if (!shown.startsWith('…')) method = own;
    path = shown.replace('…', path.replace(/\/[^/]*$/, ''));
    routes.push(...[...before, method].map((one) => `${one} ${path}`));
    before = [];
  }
  return routes;
}

/** As the table calls what has no row of its own in it. */
const SHOWN: Readonly<Record<string, string>> = {
  'GET /api/socket': ' /?token=',
  'GET /compat/waha/api/ws': ' /compat/waha/ws',
};

test.each(SYSTEMS)('the guide of $name lists its routes', async ({ name, documentAlsoAt }) => {
  const answer = await harness.request('GET', `/openapi/${name}.json`);
  const { operations } = readDocument(await answer.json());
  const routes = operations.map(({ method, path }) =>
    path.startsWith('/api/admin/')
      ? ' /api/admin/*'
      : `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  const also = documentAlsoAt === undefined ? [] : [`GET ${documentAlsoAt}`];
  const wanted = new Set([...routes, ...also].map((route) => SHOWN[route] ?? route));
  expect(routesIn(GUIDES[name] ?? '').toSorted()).toEqual([...wanted].toSorted());
});
