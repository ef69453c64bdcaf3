import type { App } from '../../app.ts';

const DESCRIPTION = `
Send and receive WhatsApp messages over REST and signed webhooks.

**Authentication.** \`Authorization: Bearer <API key>\` or \`x-api-key: <API key>\`. A test key reaches sandbox sessions only.

**Sessions.** A session is one linked WhatsApp number. \`sessionId\` (an id or a name) may be left out: a pinned key uses
its session, otherwise the workspace's default is used.

**Answers.** \`{"success": true, "data": …, "meta": {"requestId": …}}\` or
\`{"success": false, "error": {"code", "message", "details"}, "meta": …}\` with a closed set of codes.

**Limits.** 60 requests a minute for each key; see the RateLimit headers and Retry-After.
`.trim();

const TAGS = [
  { name: 'Messages', description: 'Send, reply, and follow what became of it.' },
  { name: 'Sessions', description: 'Linked WhatsApp numbers.' },
  { name: 'Sandbox', description: 'The simulated phone of a sandbox session.' },
  { name: 'Webhooks', description: 'Where events are delivered, and how that went.' },
  { name: 'Events', description: 'What happened, in order.' },
  { name: 'Operations', description: 'Health of the service.' },
];

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
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Waypost', version: '1.0.0', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: TAGS,
  });
}

export type OpenApiDocument = ReturnType<typeof buildDocument>;
