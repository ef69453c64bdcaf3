import { html, joinHtml } from '../html.ts';
import type { Html } from '../html.ts';
import { STYLE } from '../page-style.ts';
import type { StoredEmail } from './store.ts';

/** Text with its http(s) links made clickable: that is what one opens an outbox for. */
export function linkify(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/g);
  return joinHtml(
    parts.map((part, index) =>
      index % 2 === 0
        ? html`${part}`
        : html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>`,
    ),
  );
}

function emailCard(email: StoredEmail, open: boolean): Html {
  const htmlLink =
    email.html === undefined
      ? html``
      : html`<p><a href="/messages/${email.id}/html" target="_blank">Open as HTML</a></p>`;
  const text = email.text ?? email.html ?? '';
  const attributes: Html = { html: open ? ' open' : '' };
  return html`<details class="card" ${attributes}>
    <summary>
      <time class="mono soft" datetime="${email.receivedAt}" title="${email.receivedAt}"
        >${email.receivedAt.slice(11, 19)}</time
      >
      <span class="type">${email.subject}<small>to ${email.to.join(', ')}</small></span>
    </summary>
    <div class="inside">
      <p class="soft">From ${email.from}, ${email.receivedAt.replace('T', ' ').slice(0, 19)} UTC</p>
      ${htmlLink}
      <pre>${linkify(text)}</pre>
    </div>
  </details>`;
}

/** The outbox, newest first; the newest message stands open. */
export function outboxPage(nonce: string, emails: readonly StoredEmail[]): string {
  const style: Html = { html: STYLE };
  const list =
    emails.length === 0
      ? html`<p class="card empty">No mail yet. Reload when something should have been sent.</p>`
      : joinHtml(emails.map((email, index) => emailCard(email, index === 0)));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Outbox</title>
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${style}
        </style>
      </head>
      <body>
        <main>
          <header><h1>Outbox</h1></header>
          <p class="soft">
            Mail that would have left this machine. It is kept here and goes nowhere else.
          </p>
          <div class="list">${list}</div>
        </main>
      </body>
    </html>`.html;
}
