import { html, joinHtml } from '../html.ts';
import type { Html } from '../html.ts';
import type { Verdict } from './signatures.ts';
import type { Page } from '../page.ts';
import { LIVE_SCRIPT } from './live-script.ts';
import type { Box, BoxSummary } from './store.ts';
import { parseJsonBody } from './view.ts';
import type { RequestView } from './view.ts';

const SHOWN_BODY_CHARACTERS = 100_000;

function timeTag(iso: string): Html {
  return html`<time class="mono soft" datetime="${iso}" title="${iso}">${iso.slice(11, 19)}</time>`;
}

const VERDICT_CLASS: Record<Verdict, string> = {
  valid: 'good',
  invalid: 'bad',
  expired: 'warn',
  absent: '',
  unchecked: '',
};

function verdictChip(name: string, verdict: Verdict): Html {
  return html`<span class="chip ${VERDICT_CLASS[verdict]}" title="${name}: ${verdict}"
    >${name} ${verdict}</span
  >`;
}

function signatureChips({ xSignature, standardWebhooks }: RequestView['signature']): Html {
  if (xSignature === 'unchecked') return html`<span class="chip">signature not checked</span>`;
  const shown = (
    [
      ['X-Signature', xSignature],
      ['Standard', standardWebhooks],
    ] as const
  ).filter(([, verdict]) => verdict !== 'absent');
  if (shown.length === 0) return html`<span class="chip bad">not signed</span>`;
  return joinHtml(shown.map(([name, verdict]) => verdictChip(name, verdict)));
}

function statusChip(status: number): Html {
  const tone = status < 300 ? 'good' : status < 400 ? 'warn' : 'bad';
  return html`<span class="chip ${tone}" title="what this box answered">${status}</span>`;
}

function shownBody(request: RequestView): string {
  if (request.body === undefined) return `(not text, base64)\n${request.bodyBase64 ?? ''}`;
  if (request.body === '') return '(empty)';
  const parsed = parseJsonBody(request.body);
  const text = parsed === undefined ? request.body : JSON.stringify(parsed, null, 2);
  return text.length <= SHOWN_BODY_CHARACTERS
    ? text
    : `${text.slice(0, SHOWN_BODY_CHARACTERS)}\n… ${text.length - SHOWN_BODY_CHARACTERS} more characters`;
}

function requestRow(request: RequestView, fresh: boolean): Html {
  const headers = Object.entries(request.headers).map(
    ([name, value]) =>
      html`<tr>
        <td>${name}</td>
        <td>${value}</td>
      </tr>`,
  );
  return html`<details class="card ${fresh ? 'fresh' : ''}">
    <summary>
      ${timeTag(request.receivedAt)}
      <span class="type"
        >${request.eventType ?? request.method}<small class="mono"
          >${request.eventType === null ? '' : request.method} ${request.path}</small
        ></span
      >
      <span class="chips">${signatureChips(request.signature)}</span>
      ${statusChip(request.status)}
    </summary>
    <div class="inside">
      <h2>Body</h2>
      <pre>${shownBody(request)}</pre>
      <h2>Headers</h2>
      <table class="mono">
        ${joinHtml(headers)}
      </table>
    </div>
  </details>`;
}

/** Rows of a box, to be put above those already shown; newest first, '' when there are none. */
export function requestRows(requests: readonly RequestView[], fresh: boolean): Html {
  return joinHtml(requests.map((request) => requestRow(request, fresh)));
}

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
