import { html, joinHtml } from '../html.ts';
import type { Html } from '../html.ts';
import type { Page } from '../page.ts';
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
export function outboxPage(emails: readonly StoredEmail[]): Page {
  const list =
    emails.length === 0
      ? html`<p class="card empty">No mails yet. Reload this page after one has been sent.</p>`
      : joinHtml(emails.map((email, index) => emailCard(email, index === 0)));
  const body = html`<header><h1>Outbox</h1></header>
    <p class="soft">
      Mails that Waypost has sent. They are kept on this machine and are not delivered.
    </p>
    <div class="list">${list}</div>`;
  return { title: 'Outbox', body };
}
