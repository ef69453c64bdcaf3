import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { html, type Html } from './html.ts';
import { sendHtml } from './http.ts';
import { STYLE } from './page-style.ts';

/** A page for people; `script` runs in it, and nothing else does. */
export type Page = { title: string; body: Html; script?: string };

/** Answers with a page that loads nothing, runs its own script only, and cannot be framed. */
export function sendPage(response: ServerResponse, { title, body, script }: Page): void {
  const nonce = randomBytes(16).toString('base64');
  const style: Html = { html: STYLE };
  const code: Html = { html: script ?? '' };
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    ...(script === undefined ? [] : [`script-src 'nonce-${nonce}'`, "connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${style}
        </style>
      </head>
      <body>
        <main>${body}</main>
        ${
          script === undefined
            ? ''
            : html`<script type="module" nonce="${nonce}">
                ${code};
              </script>`
        }
      </body>
    </html>`;
  sendHtml(response, page.html, { 'content-security-policy': policy.join('; ') });
}
