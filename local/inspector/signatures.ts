import { createHmac, timingSafeEqual } from 'node:crypto';

/** How a signature stands against the box's secret; `unchecked` when the box has none. */
export type Verdict = 'valid' | 'invalid' | 'expired' | 'absent' | 'unchecked';
export type SignatureVerdicts = { xSignature: Verdict; standardWebhooks: Verdict };

type Signed = {
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Unix ms of arrival: age is judged then, so that an old request does not turn invalid later. */
  receivedAt: number;
};

const TOLERANCE_MS = 300_000;

function isOneOf(candidates: readonly string[], expected: string): boolean {
  const wanted = Buffer.from(expected);
  return candidates.some((candidate) => {
    const given = Buffer.from(candidate);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

function judge(matches: boolean, timestampSeconds: string, receivedAt: number): Verdict {
  if (!matches) return 'invalid';
  const age = Math.abs(receivedAt - Number(timestampSeconds) * 1_000);
  return age <= TOLERANCE_MS ? 'valid' : 'expired';
}

/** `X-Signature: t=<unix s>,v1=<hex>`: HMAC-SHA-256 of `t.body`, keyed with the secret's text. */
function judgeXSignature(request: Signed, secret: string): Verdict {
  const header = request.headers['x-signature'];
  if (header === undefined) return 'absent';
  const fields = header.split(',').map((field) => field.trim().split('='));
  const timestamp = fields.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) return 'invalid';
  const given = fields.filter(([name]) => name === 'v1').map(([, value = '']) => value);
  const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(request.body);
  return judge(isOneOf(given, hmac.digest('hex')), timestamp, request.receivedAt);
}

/** Standard Webhooks 1.0: `v1,<base64>` of `id.timestamp.body`, keyed with what `whsec_` encodes. */
function judgeStandardWebhooks(request: Signed, secret: string): Verdict {
  const id = request.headers['webhook-id'];
  const timestamp = request.headers['webhook-timestamp'];
  const signatures = request.headers['webhook-signature'];
  if (id === undefined && timestamp === undefined && signatures === undefined) return 'absent';
  if (id === undefined || signatures === undefined) return 'invalid';
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'invalid';
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(request.body);
  const matches = isOneOf(signatures.split(' '), `v1,${hmac.digest('base64')}`);
  return judge(matches, timestamp, request.receivedAt);
}

/** Verdicts on both signature schemes of a webhook. */
export function judgeSignatures(request: Signed, secret: string | null): SignatureVerdicts {
  if (secret === null) return { xSignature: 'unchecked', standardWebhooks: 'unchecked' };
  return {
    xSignature: judgeXSignature(request, secret),
    standardWebhooks: judgeStandardWebhooks(request, secret),
  };
}
