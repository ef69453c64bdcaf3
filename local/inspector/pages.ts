import { html, joinHtml } from '../html.ts';
import type { Page } from '../page.ts';
import { LIVE_SCRIPT } from './live-script.ts';
import { requestRows } from './request-rows.ts';
import type { Box, BoxSummary } from './store.ts';
import type { RequestView } from './view.ts';

function behaviourText(box: Box): string {
  const { behaviour, answered } = box;
  const status = behaviour.status ?? (behaviour.failFirst === undefined ? 200 : 500);
  const delay = behaviour.delayMs === undefined ? '' : ` after ${behaviour.delayMs} ms`;
  if (behaviour.failFirst === undefined) return `${status}${delay}`;
  const left = Math.max(0, behaviour.failFirst - answered);
  return left === 0 ? '200' : `${status}${delay} to the next ${left}, then 200`;
}

export function boxPage(input: { url: string; box: Box; requests: readonly RequestView[] }): Page {
  const { box, requests, url } = input;
  const body = html`<header>
      <a class="home" href="/">Webhook inspector</a>
      <h1>${box.name}</h1>
      <span id="live" class="chip">connecting</span>
    </header>
    <dl class="card facts">
      <dt>Send webhooks to</dt>
      <dd><code>${url}</code></dd>
      <dt>Answers</dt>
      <dd>${behaviourText(box)}</dd>
      <dt>Signatures</dt>
      <dd>
        ${box.secret === null ? 'not checked: this box has no secret' : "checked with the box's secret"}
      </dd>
    </dl>
    <div id="requests" class="list" data-last="${requests[0]?.id ?? 0}">
      ${
        requests.length === 0
          ? html`<p id="empty" class="card empty">
              No requests yet. Requests to <code>${url}</code> appear here as they arrive.
            </p>`
          : requestRows(requests, false)
      }
    </div>`;
  return { title: `${box.name} · Webhook inspector`, body, script: LIVE_SCRIPT };
}

export function boxesPage(input: { origin: string; boxes: readonly BoxSummary[] }): Page {
  const rows = input.boxes.map(
    (box) =>
      html`<a class="card row" href="/boxes/${encodeURIComponent(box.name)}"
        ><strong>${box.name}</strong
        ><span class="soft"
          >${box.requests}
          ${box.requests === 1 ? 'request' : 'requests'}${
            box.last_at === null
              ? ''
              : `, last ${new Date(box.last_at).toISOString().replace('T', ' ').slice(0, 19)} UTC`
          }</span
        ></a
      >`,
  );
  const body = html`<header><h1>Webhook inspector</h1></header>
    <p class="soft">
      <code>${input.origin}/boxes/&lt;any name&gt;</code> shows the URL of a box. Send webhooks to
      that URL to see them here. The last 1,000 requests of each box are kept, up to 16 MB.
    </p>
    <div class="list">
      ${
        rows.length === 0
          ? html`<p class="card empty">No boxes yet. The first webhook to a box creates it.</p>`
          : joinHtml(rows)
      }
    </div>`;
  return { title: 'Webhook inspector', body };
}
