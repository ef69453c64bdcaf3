import { html, joinHtml } from '../html.ts';
import type { Html } from '../html.ts';
import type { Verdict } from './signatures.ts';
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
