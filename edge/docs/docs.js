/* global SwaggerUIBundle */
// `?of=<system>` shows the routes of a source system.
const [system] = /^[a-z]+$/.exec(new URLSearchParams(location.search).get('of') ?? '') ?? [];
SwaggerUIBundle({
  url: system === undefined ? 'openapi.json' : `openapi/${system}.json`,
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: { theme: 'idea' },
  // Would send the document to a service on the internet.
  validatorUrl: null,
});
