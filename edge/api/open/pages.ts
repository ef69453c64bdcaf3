/** Pages carry no script or style of their own, so that their policy needs no exception. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = (title: string, head: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

type Listed = { name: string; title: string };

/** The API reference of ours and of the source systems; `scripts/build-docs-assets.mjs` puts its files in place. */
export const docsPage = (systems: readonly Listed[]): string =>
  page(
    'Waypost API',
    `<link rel="icon" href="docs-assets/icon.svg">
<link rel="stylesheet" href="docs-assets/swagger-ui.css">
<link rel="stylesheet" href="docs-assets/docs.css">
<script src="docs-assets/swagger-ui-bundle.js" defer></script>
<script src="docs-assets/docs.js" defer></script>`,
    `<header><a href="./">Waypost</a> <nav><a href="docs">API</a>${systems.map(({ name, title }) => ` <a href="docs?of=${name}">${title}</a>`).join('')}</nav> <a href="guide">Guide</a> <a href="openapi.json">openapi.json</a></header>
<main id="docs"><noscript>The reference needs JavaScript; <a href="openapi.json">openapi.json</a> does not.</noscript></main>`,
  );
