import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { ENVIRONMENT } from '../../values/waha/webhook.ts';
import { alias, type OpenRoute, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { refused } from './relayed.ts';
import { Session } from './session-view.ts';

const list = operationOf(sessions, 'listSessions');
const restart = operationOf(sessions, 'restartSession');

const PONG = { message: 'pong' } as const;
const Pong = z.object({ message: z.literal('pong') }).openapi('WahaPong', { example: PONG });

const HEALTHY = { status: 'ok', info: {}, error: {}, details: {} } as const;
const Health = z
  .object({
    status: z.literal('ok'),
    info: z.object({}),
    error: z.object({}),
    details: z.object({}),
  })
  .openapi('WahaHealth', { example: HEALTHY });

type Open = readonly [
  path: `/compat/waha/${string}`,
  operationId: string,
  summary: string,
  schema: z.ZodType,
  shown: object,
];
const OPEN: readonly Open[] = [
  ['/compat/waha/health', 'wahaHealth', 'Check the health of Waypost', Health, HEALTHY],
  ['/compat/waha/ping', 'wahaPing', 'Check that Waypost is running', Pong, PONG],
];

/** That it runs, and no dependency: a container's health check needs no key for it. */
export const wahaOpen: readonly OpenRoute[] = OPEN.map(
  ([path, operationId, summary, schema, shown]) => ({
    path,
    register: (app, tag) => {
      const route: RouteConfig = {
        method: 'get',
        path,
        operationId,
        security: [],
        tags: [tag],
        summary,
        responses: { 200: json('It is.', schema) },
      };
      app.openapi(createRoute({ ...route, middleware: [limitPages] }), (c) => {
        c.header('cache-control', 'no-store');
        return c.json(shown, 200);
      });
    },
  }),
);

const Version = z
  .object({
    version: z.string(),
    engine: z.literal('WEBJS'),
    tier: z.literal('PLUS').describe('Nothing is kept for a paid edition.'),
    browser: z.string().nullable(),
  })
  .openapi('WahaVersion', {
    example: ENVIRONMENT,
  });

const versions: readonly Row[] = (
  [
    ['server/version', 'wahaVersion', 'Get the version of the server'],
    ['version', 'wahaFormerVersion', 'Get the version of the server, by WAHA’s earlier call'],
  ] as const
).map(([path, id, summary]) =>
  alias({
    id,
    method: 'get',
    path: `/compat/waha/api/${path}`,
    summary,
    calls: [list],
    responses: { 200: json('The version.', Version) },
    run: async (_call, c) => c.json(ENVIRONMENT),
  }),
);

type Refused = readonly [
  id: string,
  method: 'get' | 'post',
  path: `/server/${string}`,
  summary: string,
  reason: string,
];

const INSIDE = 'What goes on inside a server is its operator’s to see.';

/** A server of WAHA’s is its caller’s own. Waypost’s is shared by many workspaces. */
const REFUSED: readonly Refused[] = [
  [
    'wahaServerStatus',
    'get',
    '/server/status',
    'Get since when the server runs',
    'Waypost is not one server that was started once; ask `GET /compat/waha/ping` whether it runs.',
  ],
  [
    'wahaServerEnvironment',
    'get',
    '/server/environment',
    'Get the environment of the server',
    'The environment of a deployment is its operator’s to see.',
  ],
  [
    'wahaStopServer',
    'post',
    '/server/stop',
    'Stop the server',
    'Other workspaces use the server too; restart your session instead.',
  ],
  ['wahaProfileServer', 'get', '/server/debug/cpu', 'Get a CPU profile of the server', INSIDE],
  [
    'wahaDumpServer',
    'get',
    '/server/debug/heapsnapshot',
    'Get a snapshot of the server’s memory',
    INSIDE,
  ],
  [
    'wahaTraceBrowser',
    'get',
    '/server/debug/browser/trace/{session}',
    'Get a trace of a session’s browser',
    INSIDE,
  ],
];

export const wahaServer: readonly Row[] = [
  ...versions,
  ...REFUSED.map(([id, method, path, summary, reason]) =>
    refused(
      {
        id,
        method,
        path,
        summary,
        reason,
        params: path.includes('{session}') ? Session : z.object({}),
      },
      method === 'get' ? list : restart,
    ),
  ),
];
