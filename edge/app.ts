import { OpenAPIHono, z } from '@hono/zod-openapi';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from './context.ts';
import type { App } from './http/app.ts';
import { answerError } from './http/error-handler.ts';
import { answerNotFound } from './http/not-found.ts';
import { operationsOf } from './http/operations.ts';
import { plainWords } from './http/plain-words.ts';
import { RememberingRouter } from './http/remembering-router.ts';
import { rejectInvalid } from './http/validation.ts';
import { limitBody, requireJson } from './middleware/accept-body.ts';
import { recordCalls } from './middleware/record-calls.ts';
import { API_CREDENTIALS, authenticate } from './middleware/authenticate.ts';
import { knowOperation } from './middleware/know-operation.ts';
import { limitAddressLength } from './middleware/limit-address-length.ts';
import { limitFailedCredentials, limitNotFound } from './middleware/limit-rate.ts';
import { guardOrigins } from './middleware/origins.ts';
import { checkJson } from './middleware/check-json.ts';
import { type Compose, requestContext } from './middleware/request-context.ts';
import { admin } from './api/admin.ts';
import { audit } from './api/audit.ts';
import { showCodeOnTop } from './api/auth/guard.ts';
import { registerAuth } from './api/auth/index.ts';
import { events } from './api/events.ts';
import { registerInternalQstash } from './api/internal-qstash/index.ts';
import { registerInternalRunners } from './api/internal-runners.ts';
import { calls } from './api/calls.ts';
import { channels } from './api/channels.ts';
import { chats } from './api/chats.ts';
import { contacts } from './api/contacts.ts';
import { groups } from './api/groups.ts';
import { keys } from './api/keys.ts';
import { leads } from './api/leads.ts';
import { me } from './api/me.ts';
import { media } from './api/media.ts';
import { messages } from './api/messages.ts';
import { registerOpen } from './api/open/index.ts';
import type { Area } from './api/operation.ts';
import { erasures } from './api/erasures.ts';
import { optOuts } from './api/opt-outs.ts';
import { profile } from './api/profile.ts';
import { realtime } from './api/realtime.ts';
import { sandbox } from './api/sandbox.ts';
import { sessions } from './api/sessions.ts';
import { statistics } from './api/statistics.ts';
import { status } from './api/status.ts';
import { deliveries } from './api/deliveries.ts';
import { hooks } from './api/hooks.ts';
import { webhooks } from './api/webhooks.ts';
import { workspace } from './api/workspace.ts';
import { speakDialect } from './compat/speak-dialect.ts';
import { SYSTEMS } from './compat/systems.ts';

/** The public API, in the order of its document. */
const AREAS: readonly Area[] = [
  messages,
  calls,
  channels,
  chats,
  contacts,
  optOuts,
  erasures,
  leads,
  groups,
  profile,
  status,
  media,
  sessions,
  sandbox,
  webhooks,
  deliveries,
  hooks,
  events,
  realtime,
  statistics,
  keys,
  audit,
  me,
  workspace,
  admin,
];

const ALIASES = SYSTEMS.flatMap(({ rows }) => rows);
const OPEN_ROUTES = SYSTEMS.flatMap(({ title, open = [] }) =>
  open.map((route) => ({ ...route, title })),
);
const AUDITED_OPEN = OPEN_ROUTES.flatMap(({ path, isAudited }) =>
  isAudited === false ? [] : [path],
);
const pathsOf = (rows: readonly { path: string }[]) =>
  rows.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
const ALIAS_PATHS = [
  ...new Set(SYSTEMS.flatMap(({ rows, below }): readonly string[] => below ?? pathsOf(rows))),
];

/** The whole HTTP surface: what every request passes, in order, then the operations by area. */
export function createApp(compose: Compose): App {
  // For all schemas of this program: zod keeps it beside them, so that a second app changes nothing.
  z.config({ customError: plainWords });
  const app: App = new OpenAPIHono<AppEnv>({
    router: new RememberingRouter(),
    defaultHook: (result, c) => rejectInvalid(operations)(result, c),
  });
  const operations = operationsOf(app);
  app.onError(answerError);
  const answerMissing = answerNotFound(() => app.routes);
  app.notFound(async (c) => {
    await limitNotFound(c);
    return answerMissing(c);
  });

  app.use('*', requestContext(compose));
  app.use('*', speakDialect(SYSTEMS));
  app.use('/auth/*', showCodeOnTop);
  app.use('*', limitAddressLength);
  app.use('*', guardOrigins);
  app.use('*', secureHeaders({ crossOriginResourcePolicy: false }));
  app.on('ALL', ['/v1/*', '/auth/*', ...ALIAS_PATHS, ...AUDITED_OPEN], recordCalls(operations));
  app.on(
    'ALL',
    ['/v1/*', ...ALIAS_PATHS],
    knowOperation([...AREAS.flatMap(({ rows }) => rows), ...ALIASES]),
    limitFailedCredentials,
    authenticate(API_CREDENTIALS),
    limitBody,
    requireJson,
    checkJson,
  );

  for (const { tag, rows } of AREAS) for (const row of rows) row.register(app, tag);
  for (const { title, rows } of SYSTEMS) for (const row of rows) row.register(app, title);
  for (const { title, register } of OPEN_ROUTES) register(app, title);
  registerInternalRunners(app);
  registerInternalQstash(app);
  registerAuth(app);
  registerOpen(app, SYSTEMS);
  return app;
}
