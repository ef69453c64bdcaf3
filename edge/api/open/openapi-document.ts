import { RATES, shownRate } from '../../../shared/catalogue/limits.ts';
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { ADMIN_PASSWORD_SCHEME, keysAndUsers } from '../takes.ts';
import { errorExamples, errorResponses } from '../../http/envelope.ts';
import { describeReceivedEvent } from '../events/received-event.ts';
import { nameSchemas } from './name-schemas.ts';
import { inDialect, type SystemDialect } from './system-dialect.ts';

const DESCRIPTION = `
Send and receive WhatsApp messages over REST and signed webhooks.

**Authentication.** \`Authorization: Bearer <API key>\` or \`x-api-key: <API key>\`. A test key can reach sandbox sessions only.
People authenticate with \`Authorization: Bearer <user token or Supabase token>\` or the dashboard's cookie. Each operation says
which kinds of credential it takes. If a request carries several, \`Authorization\` counts.

**Sessions.** A session is one linked WhatsApp number. If you leave out \`sessionId\` (an id or a name), a pinned key
uses its own session; any other credential uses the workspace's default session.

**Answers.** \`{"success": true, "data": …, "meta": {"requestId": …}}\` or
\`{"success": false, "error": {"code", "message", "details"}, "meta": …}\` with a closed set of codes (schema \`Error\`; each has an example).

**Repeating a send.** With an \`Idempotency-Key\` header of up to 255 visible ASCII characters a send may be repeated for
24 hours. The key counts for its workspace and its route. The same request is answered with \`Idempotent-Replayed: true\`, the
same message and the same status: 202 with the message's current status, or the final answer that
\`Prefer: wait\` got, success or failure. \`IDEMPOTENCY_MISMATCH\` (422): the key was used with another body.
\`IDEMPOTENCY_CONFLICT\` (409): its first request is still running. A refused request does not use up its key.

**Limits.** Requests: ${shownRate(RATES.keyMinute)} and ${shownRate(RATES.keyHour)} for each key, unless it has a limit of its own;
${shownRate(RATES.user)} for each user; ${shownRate(RATES.address)} for each address without a valid credential. The \`RateLimit\` headers and
\`Retry-After\` show what is left.
`.trim();

const SECURITY_SCHEMES = {
  bearerKey: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'An API key: wp_live_… or wp_test_…',
  },
  apiKey: {
    type: 'apiKey' as const,
    in: 'header' as const,
    name: 'x-api-key',
    description: 'An API key.',
  },
  userToken: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A user token from `POST /auth/token`, valid for an hour at most.',
  },
  supabaseToken: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the Supabase project that this deployment is configured with.',
  },
  cookie: {
    type: 'apiKey' as const,
    in: 'cookie' as const,
    name: 'waypost.session_token',
    description:
      'The login of the dashboard. Over TLS its name begins with `__Secure-`; on loopback it holds the port, as `waypost-8787.session_token`.',
  },
  [ADMIN_PASSWORD_SCHEME]: {
    type: 'http' as const,
    scheme: 'basic',
    description: '`ADMIN_USERNAME` and `ADMIN_PASSWORD` of the deployment.',
  },
};

const TAGS = [
  { name: 'Messages', description: 'Send messages, reply, and follow their status.' },
  { name: 'Chats', description: 'Chats of a session, their history and labels.' },
  { name: 'Calls', description: 'Calls to a session’s number.' },
  { name: 'Channels', description: 'Channels that a session’s number follows or runs.' },
  { name: 'Contacts', description: 'People, and who of them is on WhatsApp.' },
  { name: 'Leads', description: 'People who may become customers.' },
  { name: 'Opt-outs', description: 'People who must not be sent to.' },
  { name: 'Groups', description: 'Groups of a session, their members and invite links.' },
  { name: 'Profile', description: 'What others see of a session’s number.' },
  { name: 'Status', description: 'Status posts of a session’s number.' },
  { name: 'Sessions', description: 'Linked WhatsApp numbers.' },
  { name: 'Sandbox', description: 'The simulated phone of a sandbox session.' },
  { name: 'Webhooks', description: 'Where events are delivered, and the log of deliveries.' },
  { name: 'Events', description: 'Everything that happened, in order.' },
  { name: 'Accounts', description: 'Sign-up, sign-in and passwords.' },
  { name: 'Keys', description: 'API keys and their limits.' },
  { name: 'Audit', description: 'Who did what, when and from where.' },
  { name: 'Account', description: 'The signed-in person and their invitations.' },
  { name: 'Workspace', description: 'Settings, members and invitations.' },
  { name: 'Admin', description: 'For platform administrators, across all workspaces.' },
  { name: 'Operations', description: 'Health of the service.' },
];

/** What every route that takes a body may say of it, before its own schema is asked. */
const bodyErrors = (dialect: SystemDialect | null) =>
  errorResponses(
    ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
    { $ref: '#/components/schemas/Error' },
    dialect ?? undefined,
  );

/** The routes of a source system, which are those with its title as their tag. */
export type DocumentPart = {
  name: string;
  title: string;
  description: string;
  dialect: SystemDialect | null;
  documentAlsoAt?: string;
};

/** Under these addresses are the source systems' routes. */
const OF_SYSTEMS = /^\/(?:(?:api|wa|compat)\/|admin$)/;

/**
 * An OpenAPI 3.1 document, generated from the routes' own schemas. Slow enough to be built once.
 * @param part a source system; the public API without it
 * @param basePath where a proxy serves the API below its host's root: empty, or as `/whatsapp`
 */
export function buildDocument(app: App, part?: DocumentPart, basePath = '') {
  const shown = new OpenAPIHono<AppEnv>();
  const dialect = part?.dialect ?? null;
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    shown.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  for (const { code, example } of errorExamples(dialect ?? undefined))
    shown.openAPIRegistry.registerComponent('examples', code, example);
  for (const definition of app.openAPIRegistry.definitions)
    if (definition.type === 'route' && isShown(definition.route, part))
      shown.openAPIRegistry.registerPath(spoken(definition.route, dialect));
  if (part === undefined) describeReceivedEvent(shown);
  const document = shown.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: part === undefined ? 'Waypost' : `Waypost: ${part.title}`,
      version: '1.0.0',
      description: part?.description ?? DESCRIPTION,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: basePath || '/' }],
    security: keysAndUsers,
    tags: part === undefined ? TAGS : [{ name: part.title, description: part.description }],
  });
  for (const item of Object.values(document.paths ?? {}))
    for (const operation of [item.post, item.put, item.patch, item.delete])
      if (operation?.requestBody !== undefined)
        operation.responses = { ...bodyErrors(dialect), ...operation.responses };
  nameSchemas(document);
  if (part !== undefined) dropUnusedExamples(document);
  dropUnusedPassword(document);
  return document;
}

const spoken = (route: RouteConfig, dialect: SystemDialect | null): RouteConfig =>
  dialect === null ? route : { ...route, responses: inDialect(route.responses, dialect) };

const isShown = (route: { path: string; tags?: string[] }, part?: DocumentPart): boolean =>
  part === undefined ? !OF_SYSTEMS.test(route.path) : route.tags?.includes(part.title) === true;

function dropUnusedExamples({ paths, components }: ReturnType<App['getOpenAPI31Document']>): void {
  const used = JSON.stringify(paths);
  for (const code of Object.keys(components?.examples ?? {}))
    if (!used.includes(`"#/components/examples/${code}"`)) delete components?.examples?.[code];
}

function dropUnusedPassword({ paths, components }: ReturnType<App['getOpenAPI31Document']>): void {
  const isUsed = JSON.stringify(paths).includes(`"${ADMIN_PASSWORD_SCHEME}":[]`);
  if (!isUsed) delete components?.securitySchemes?.[ADMIN_PASSWORD_SCHEME];
}
