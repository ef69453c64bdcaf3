import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { operationOf } from '../alias.ts';
import { refused } from './relayed.ts';
import { getSession } from './session-view.ts';

const change = operationOf(sessions, 'updateSession');

const App = z.object({
  id: z
    .string()
    .max(200)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'calls' }),
});
const none = z.object({});

/** WAHA’s own integrations, which run inside its server. */
export const wahaApps: readonly Row[] = (
  [
    ['wahaListApps', 'get', '/apps', 'List the apps of a session', none],
    ['wahaCreateApp', 'post', '/apps', 'Create an app', none],
    ['wahaGetApp', 'get', '/apps/{id}', 'Get an app', App],
    ['wahaUpdateApp', 'put', '/apps/{id}', 'Change an app', App],
    ['wahaDeleteApp', 'delete', '/apps/{id}', 'Delete an app', App],
    [
      'wahaListChatwootLocales',
      'get',
      '/apps/chatwoot/locales',
      'List the languages of the app for Chatwoot',
      none,
    ],
  ] as const
).map(([id, method, path, summary, params]) =>
  refused(
    {
      id,
      method,
      path,
      summary,
      reason:
        'Waypost runs no apps. Receive webhooks in place of one, and set `rejectCalls` of the session at `/v1` to reject calls.',
      params,
    },
    method === 'get' ? getSession : change,
  ),
);
