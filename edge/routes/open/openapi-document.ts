import type { App } from '../../http/app.ts';
import { ERRORS } from '../../../shared/errors.ts';
import { errorExamples } from '../../http/envelope.ts';

const DESCRIPTION = `
Send and receive WhatsApp messages over REST and signed webhooks.

**Authentication.** \`Authorization: Bearer <API key>\` or \`x-api-key: <API key>\`. A test key reaches sandbox sessions only.

**Sessions.** A session is one linked WhatsApp number. \`sessionId\` (an id or a name) may be left out: a pinned key uses
its session, otherwise the workspace's default is used.

**Answers.** \`{"success": true, "data": …, "meta": {"requestId": …}}\` or
\`{"success": false, "error": {"code", "message", "details"}, "meta": …}\` with a closed set of codes (schema \`Error\`; each has an example).

**Repeating a send.** With an \`Idempotency-Key\` header of up to 255 visible ASCII characters a send may be repeated for
24 hours. The key counts for its workspace and its route. The same request is answered with \`Idempotent-Replayed: true\`, the
same message and the same status: 202 with what became of the message since, or the settled answer that
\`Prefer: wait\` got, success or failure. \`IDEMPOTENCY_MISMATCH\` (422): the key was used with another body.
\`IDEMPOTENCY_CONFLICT\` (409): its first request is still running. What was refused used no key up.

**Limits.** 60 requests a minute and 1,000 an hour for each key, unless it has a limit of its own; 100 in 15 minutes for each
address without a good credential. See the RateLimit headers and Retry-After.
`.trim();

const TAGS = [
  { name: 'Messages', description: 'Send, reply, and follow what became of it.' },
  { name: 'Sessions', description: 'Linked WhatsApp numbers.' },
  { name: 'Sandbox', description: 'The simulated phone of a sandbox session.' },
  { name: 'Webhooks', description: 'Where events are delivered, and how that went.' },
  { name: 'Events', description: 'What happened, in order.' },
  { name: 'Keys', description: 'API keys: what they may do, from where and until when.' },
  { name: 'Operations', description: 'Health of the service.' },
];

/** What every route that takes a body may say of it, before its own schema is asked. */
const BODY_ERRORS = Object.fromEntries(
  (['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const).map((code) => [
    ERRORS[code].status,
    {
      description: `\`${code}\`: ${ERRORS[code].message}`,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Error' },
          examples: { [code]: { $ref: `#/components/examples/${code}` } },
        },
      },
    },
  ]),
);

/** The OpenAPI 3.1 document, generated from the routes' own schemas. Slow enough to be built once. */
export function buildDocument(app: App) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: wp_live_… or wp_test_…',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
  });
  for (const { code, example } of errorExamples())
    app.openAPIRegistry.registerComponent('examples', code, example);
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Waypost',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: TAGS,
  });
  for (const { post, put, patch } of Object.values(document.paths ?? {}))
    for (const operation of [post, put, patch])
      if (operation?.requestBody !== undefined)
        operation.responses = { ...BODY_ERRORS, ...operation.responses };
  return document;
}

export type OpenApiDocument = ReturnType<typeof buildDocument>;
