import { createHash } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { DAY_MS, parseDurationMs } from './duration.ts';
import { evaluateExpression } from './expression.ts';
import { HttpError } from '../http.ts';
import type { FlowControl, HeaderMap, MessageSpec } from './message.ts';

/** Request headers by lower-case name. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export type PublishRequest = {
  spec: MessageSpec;
  body: Uint8Array;
  /** Unix ms before which nothing is delivered. */
  dueAt: number;
  /** Two requests with the same key within the window are one message. */
  deduplicationKey: string | null;
};

const DEFAULT_RETRIES = 3;
const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_DELAY_MS = 366 * DAY_MS;
const FORWARD = 'upstash-forward-';
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** What Waypost does not use: said to be missing, not passed over. */
const NOT_SUPPORTED = [
  'upstash-queue-name',
  'upstash-callback',
  'upstash-failure-callback',
  'upstash-cron',
];

/** Belong to one connection, or are written by the delivery itself. */
const NOT_FORWARDED = new Set(
  (
    'connection content-length expect host keep-alive proxy-connection ' +
    'te trailer transfer-encoding upgrade'
  ).split(' '),
);

function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** @throws HttpError 400 when the destination is not an absolute http(s) URL. */
function checkDestination(url: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw new HttpError(
    400,
    `invalid destination url: "${url}" is not an http:// or https:// URL; URL groups and APIs are not supported here`,
  );
}

function durationHeader(headers: Headers, name: string): number | undefined {
  const text = header(headers, name);
  if (text === undefined) return undefined;
  const duration = parseDurationMs(text);
  if (duration === undefined || duration > MAX_DELAY_MS) {
    throw new HttpError(400, `invalid ${name}: "${text}" is not a duration like 10s or 1h30m`);
  }
  return duration;
}

function integerHeader(headers: Headers, name: string): number | undefined {
  const text = header(headers, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,12}$/.test(text)) {
    throw new HttpError(400, `invalid ${name}: "${text}" is not a whole number`);
  }
  return Number(text);
}

/** Parses `Upstash-Flow-Control-Key` and `-Value` (`parallelism=1, rate=5, period=1m`). */
function parseFlowControl(headers: Headers): FlowControl | null {
  const key = header(headers, 'upstash-flow-control-key');
  if (key === undefined) return null;
  const text = header(headers, 'upstash-flow-control-value') ?? '';
  const flow: FlowControl = { key, periodMs: 1_000 };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.trim().split('=');
    const amount = name === 'period' ? parseDurationMs(value) : Number(value);
    if (amount === undefined || !Number.isInteger(amount) || amount < 1) {
      throw new HttpError(400, `invalid Upstash-Flow-Control-Value: "${part.trim()}"`);
    }
    if (name === 'parallelism') flow.parallelism = amount;
    else if (name === 'rate') flow.rate = amount;
    else if (name === 'period') flow.periodMs = amount;
    else throw new HttpError(400, `invalid Upstash-Flow-Control-Value: unknown "${name}"`);
  }
  if (flow.parallelism === undefined && flow.rate === undefined) {
    throw new HttpError(400, 'invalid Upstash-Flow-Control-Value: give parallelism or rate');
  }
  return flow;
}

function forwardedHeaders(headers: Headers): HeaderMap {
  const forwarded: HeaderMap = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const target = name.startsWith(FORWARD) ? name.slice(FORWARD.length) : name;
    if (target === name && name !== 'content-type') continue;
    if (NOT_FORWARDED.has(target) || target.startsWith('upstash-')) continue;
    const values = Array.isArray(value) ? value : [value];
    try {
      validateHeaderName(target);
      for (const one of values) validateHeaderValue(target, one);
    } catch (error) {
      throw new HttpError(400, `invalid forwarded header: ${String(error)}`);
    }
    forwarded[target] = values;
  }
  return forwarded;
}

function retryDelayExpression(headers: Headers): string | null {
  const expression = header(headers, 'upstash-retry-delay');
  if (expression === undefined) return null;
  try {
    evaluateExpression(expression, 0);
  } catch (error) {
    throw new HttpError(400, `invalid Upstash-Retry-Delay "${expression}": ${String(error)}`);
  }
  return expression;
}

function deduplicationKey(headers: Headers, spec: MessageSpec, body: Uint8Array): string | null {
  const id = header(headers, 'upstash-deduplication-id');
  if (id !== undefined) return `id:${id}`;
  if (header(headers, 'upstash-content-based-deduplication') !== 'true') return null;
  const hash = createHash('sha256');
  const forwarded = Object.entries(spec.header).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify([spec.url, spec.method, forwarded]));
  return `content:${hash.update(body).digest('hex')}`;
}

/** When a message accepted at `now` is first due: Not-Before (unix s) wins over Delay. */
function firstDue(headers: Headers, now: number): number {
  const notBefore = integerHeader(headers, 'upstash-not-before');
  const delay = durationHeader(headers, 'upstash-delay') ?? 0;
  return notBefore === undefined ? now + delay : Math.max(now, notBefore * 1_000);
}

/**
 * Reads what a publisher asked for from the `Upstash-*` headers.
 * @param destination the URL exactly as it stood in the path, query included
 * @throws HttpError 400 naming the header that is wrong
 */
export function parsePublish(input: {
  destination: string;
  headers: Headers;
  body: Uint8Array;
  now: number;
}): PublishRequest {
  const { headers, body, now } = input;
  const url = checkDestination(input.destination);
  const method = (header(headers, 'upstash-method') ?? 'POST').toUpperCase();
  if (!METHODS.has(method)) throw new HttpError(400, `invalid Upstash-Method: "${method}"`);
  for (const name of NOT_SUPPORTED) {
    if (header(headers, name) !== undefined)
      throw new HttpError(400, `invalid ${name}: it is not supported here`);
  }
  const spec: MessageSpec = {
    url,
    method,
    header: forwardedHeaders(headers),
    maxRetries: integerHeader(headers, 'upstash-retries') ?? DEFAULT_RETRIES,
    retryDelay: retryDelayExpression(headers),
    timeoutMs: durationHeader(headers, 'upstash-timeout') ?? DEFAULT_TIMEOUT_MS,
    flowControl: parseFlowControl(headers),
  };
  return {
    spec,
    body,
    dueAt: firstDue(headers, now),
    deduplicationKey: deduplicationKey(headers, spec, body),
  };
}
