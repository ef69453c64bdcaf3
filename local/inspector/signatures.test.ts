import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { judgeSignatures } from './signatures.ts';

const secret = `whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`;
const other = `whsec_${Buffer.from('another secret, 24 bytes').toString('base64')}`;
const receivedAt = Date.UTC(2026, 5, 1);
const body = Buffer.from('{"type":"message.sent","text":"grüß dich"}');

const xSignature = (key: string, at = receivedAt): string => {
  const t = Math.floor(at / 1_000);
  return `t=${t},v1=${createHmac('sha256', key).update(`${t}.`).update(body).digest('hex')}`;
};
const standard = (key: string, at = receivedAt): Record<string, string> => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(Math.floor(at / 1_000)),
  'webhook-signature': new Webhook(key).sign('evt_1', new Date(at), body),
});
const judge = (headers: Record<string, string>, key: string | null = secret) =>
  judgeSignatures({ headers, body, receivedAt }, key);

test.each([
  ['a good one', xSignature(secret), 'valid'],
  ['two keys during rotation', `${xSignature(other)},${xSignature(secret)}`, 'valid'],
  ['another key', xSignature(other), 'invalid'],
  ['a changed time', xSignature(secret).replace(/t=\d+/, 't=1'), 'invalid'],
  ['six minutes old', xSignature(secret, receivedAt - 360_000), 'expired'],
  ['nonsense', 'hello', 'invalid'],
  ['an empty v1', xSignature(secret).replace(/v1=.*/, 'v1='), 'invalid'],
])('X-Signature: %s', (_name, header, verdict) => {
  expect(judge({ 'x-signature': header })).toEqual({
    xSignature: verdict,
    standardWebhooks: 'absent',
  });
});

test.each([
  ['a good one', standard(secret), 'valid'],
  [
    'two keys during rotation',
    {
      ...standard(secret),
      'webhook-signature': `${standard(other)['webhook-signature']} ${standard(secret)['webhook-signature']}`,
    },
    'valid',
  ],
  ['another key', standard(other), 'invalid'],
  ['another id', { ...standard(secret), 'webhook-id': 'evt_2' }, 'invalid'],
  ['six minutes old', standard(secret, receivedAt - 360_000), 'expired'],
  ['no timestamp', { 'webhook-id': 'evt_1', 'webhook-signature': 'v1,x' }, 'invalid'],
])('Standard Webhooks: %s', (_name, headers, verdict) => {
  expect(judge(headers)).toEqual({ xSignature: 'absent', standardWebhooks: verdict });
});

test('without a secret no verdict is given', () => {
  expect(judge({ 'x-signature': xSignature(secret) }, null)).toEqual({
    xSignature: 'unchecked',
    standardWebhooks: 'unchecked',
  });
});
