import { expect, it } from 'vitest';
import { masked } from './mask.ts';
import { reportOf } from './report.ts';
import type { Entry } from './walk.ts';

it.each([
  ['no such chat: 15550100001@c.us', 'no such chat: <id>'],
  ['+1 (555) 010-0001 is not on WhatsApp', '<number> is not on WhatsApp'],
  ['see https://chat.whatsapp.com/AbC', 'see <link>'],
  ['“Ada Lovelace” is no member', '<text> is no member'],
  ['it took 30 s, code 404', 'it took 30 s, code 404'],
])('%j is shown as %j', (text, shown) => {
  expect(masked(text)).toBe(shown);
});

const entry = (more: Partial<Entry>): Entry => ({
  step: 'send: text',
  operation: 'POST /v1/messages/text',
  outcome: 'ok',
  why: null,
  ms: 10,
  seen: false,
  ...more,
});
const about = {
  at: new Date('2026-11-29T12:00:00Z'),
  page: '2.3000.1',
  library: '1.34.7',
  sandbox: null,
  isWhole: true,
};

it('an operation is as its worst call was, and drift is what failed or was not seen', () => {
  const entries = [
    entry({ ms: 20, seen: true }),
    entry({ outcome: 'failed', why: 'MESSAGE_FAILED: 15550100001@c.us | refused', ms: 30 }),
    entry({
      step: 'post a status',
      operation: 'POST /v1/status',
      outcome: 'not seen',
      why: 'Shown?',
    }),
    entry({
      step: 'reject a call',
      operation: null,
      outcome: 'skipped',
      why: 'nobody calls',
      ms: null,
    }),
  ];
  const report = reportOf(entries, about);
  expect(report).toContain(
    '| `POST /v1/messages/text` | failed | 30 | MESSAGE_FAILED: <id> \\| refused |',
  );
  expect(report).toContain('- send: text: `POST /v1/messages/text` failed. MESSAGE_FAILED');
  expect(report).toContain('- post a status: `POST /v1/status` not seen. Shown?');
  expect(report).toContain('## Not tried\n\n- reject a call: nobody calls\n');
  expect(report).toContain('| account | a real phone |');
});

it('what a person has seen says so', () => {
  expect(reportOf([entry({ seen: true })], about)).toContain(
    '| ok | 10 | send: text: seen on the phone |',
  );
});
