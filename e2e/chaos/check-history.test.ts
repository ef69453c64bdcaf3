import { expect, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { History } from './history.ts';

const SENT = { id: 'evt_1', type: 'message.sent', seq: 1, sessionId: 's', wireId: 'A' };
const CAME = { id: 'evt_2', type: 'message.received', seq: 2, sessionId: 's', wireId: 'B' };

const FIRST = { sessionId: 's', epoch: 1, runnerId: 'a', cause: 'adopted', from: 100, to: 200 };
const SECOND = { sessionId: 's', epoch: 2, runnerId: 'b', cause: 'takeover', from: 300, to: null };
const OTHER = { sessionId: 'other', epoch: 1, runnerId: 'b', cause: 'adopted', from: 50, to: null };

/** One message out and one in, and all as it should be. */
const good: History = {
  sends: [
    { sessionId: 's', text: 'one', messageId: 'msg_1' },
    { sessionId: 's', text: 'refused', messageId: null },
  ],
  messages: [{ id: 'msg_1', status: 'sent', wireId: 'A', queueSeq: 1 }],
  wire: [{ account: 'a', wireId: 'A', text: 'one' }],
  inbound: [{ sessionId: 's', wireId: 'B', text: 'in', at: 130 }],
  events: [
    { ...SENT, messageId: 'msg_1' },
    { ...CAME, messageId: null },
  ],
  delivered: [
    { ...SENT, messageId: 'msg_1' },
    { ...SENT, messageId: 'msg_1' },
    { ...CAME, messageId: null },
  ],
  seqs: [1, 2, 3],
  rows: [{ id: 'msg_1', sessionId: 's', status: 'sent' }],
  owners: [FIRST, OTHER, SECOND],
  connections: [
    { sessionId: 's', deviceId: 7, from: 120, to: 190 },
    { sessionId: 's', deviceId: 7, from: 310, to: null },
    { sessionId: 'other', deviceId: 8, from: 130, to: 400 },
  ],
  violations: [],
  oldCopies: { a: 1 },
  log: [],
  readings: [],
  workspaceId: 'w',
  upTo: 0,
  endpoints: [],
  deliveries: [],
  requests: [],
};
const ended = (status: string, wireId: string | null = 'A') => ({
  messages: [{ id: 'msg_1', status, wireId, queueSeq: 1 }],
  rows: [{ id: 'msg_1', sessionId: 's', status }],
});
const two = {
  sends: [...good.sends, { sessionId: 's', text: 'two', messageId: 'msg_2' }],
  messages: [...good.messages, { id: 'msg_2', status: 'sent', wireId: 'C', queueSeq: 2 }],
  rows: [...good.rows, { id: 'msg_2', sessionId: 's', status: 'sent' }],
  events: [...good.events, { ...SENT, id: 'evt_3', seq: 3, wireId: 'C', messageId: 'msg_2' }],
};

const ROLLED_BACK = { kind: 'ratchet_rolled_back', account: 'a', detail: '9 after 12' };

test('keys may go back when a session says that its copy is old', () => {
  expect(checkHistory({ ...good, violations: [ROLLED_BACK] })).toEqual([]);
});

const LOST = { sessionId: 's', wireId: 'Z', text: 'in', at: 180 };

test('what came in as its runner died may be lost when another takes the session over', () => {
  expect(checkHistory({ ...good, inbound: [LOST] })).toEqual([]);
});

test.each([
  ['long before', { inbound: [{ ...LOST, at: -2_000 }] }],
  ['after it', { inbound: [{ ...LOST, at: 310 }] }],
  ['of another session', { inbound: [{ ...LOST, sessionId: 'other' }] }],
  ['where the same runner went on', { owners: [FIRST, { ...SECOND, runnerId: 'a' }] }],
  ['where the session was given away', { owners: [FIRST, { ...SECOND, cause: 'assigned' }] }],
])('but not %s', (_, change) => {
  const findings = checkHistory({ ...good, inbound: [LOST], ...change });
  expect(findings.map(({ what }) => what)).toContain('in made 0 events');
});

test('a good history has no findings, duplicates of a webhook included', () => {
  expect(checkHistory(good)).toEqual([]);
});

test.each<[string, RegExp, Partial<History>]>([
  ['a message without an end', /one\) is still sending/, ended('sending')],
  ['a message that vanished', /is gone/, { messages: [] }],
  [
    'a second copy on the wire',
    /one: A, D/,
    { wire: [...good.wire, { account: 'a', wireId: 'D', text: 'one' }] },
  ],
  ['a sent message that is not on the wire', /not on the wire/, { wire: [] }],
  ['a failed message that is on the wire', /failed and on the wire/, ended('failed')],
  [
    'a refused message on the wire',
    /^refused$/,
    { wire: [...good.wire, { account: 'a', wireId: 'E', text: 'refused' }] },
  ],
  [
    'a later message that overtook',
    /one after two/,
    { ...two, wire: [{ account: 'a', wireId: 'C', text: 'two' }, ...good.wire] },
  ],
  [
    'an incoming message without an event',
    /in made 0/,
    { inbound: [{ sessionId: 's', wireId: 'Z', text: 'in', at: 320 }] },
  ],
  [
    'an incoming message with two events',
    /in made 2/,
    { events: [...good.events, { ...CAME, id: 'evt_4', seq: 3, messageId: null }] },
  ],
  [
    'an event that was never delivered',
    /evt_2 \(2\) never arrived/,
    { delivered: good.delivered.slice(0, 2) },
  ],
  [
    'a delivery that the record does not know',
    /evt_9 arrived/,
    { delivered: [...good.delivered, { ...CAME, id: 'evt_9', messageId: null }] },
  ],
  ['a gap in the numbers', /1 is followed by 3/, { seqs: [1, 3] }],
  [
    'a violation',
    /two_connections of a: device 1/,
    { violations: [{ kind: 'two_connections', account: 'a', detail: 'device 1' }] },
  ],
  [
    'a row that the API does not list',
    /msg_2 \(sent\) is not listed/,
    { rows: two.rows, sends: two.sends },
  ],
  ['a listed message without a row', /msg_1 is listed and has no row/, { rows: [] }],
  [
    'a row that the API shows otherwise',
    /msg_1 is unknown and listed as sent/,
    { rows: [{ id: 'msg_1', sessionId: 's', status: 'unknown' }] },
  ],
  [
    'a row that is left',
    /msg_1 is still sending/,
    { rows: [{ id: 'msg_1', sessionId: 's', status: 'sending' }] },
  ],
  [
    'a row that nobody sent',
    /msg_9 is nobody’s/,
    { rows: [...good.rows, { id: 'msg_9', sessionId: 's', status: 'sent' }] },
  ],
  [
    'two owners at a time',
    /epoch 2 of s \(b, takeover\) began before the end of epoch 1 of s \(a, adopted\)/,
    { owners: [{ ...FIRST, to: 301 }, OTHER, SECOND] },
  ],
  [
    'an owner that never ended',
    /epoch 2 of s .* began before the end/,
    { owners: [{ ...FIRST, to: null }, OTHER, SECOND] },
  ],
  [
    'an owner whose time ends before it begins',
    /^epoch 1 of s \(a, adopted\)$/,
    { owners: [{ ...FIRST, to: 99 }, OTHER, SECOND] },
  ],
  [
    'an epoch that did not rise',
    /epoch 1 of s \(b, takeover\) after epoch 1 of s/,
    { owners: [FIRST, OTHER, { ...SECOND, epoch: 1 }] },
  ],
  [
    'a device that was connected twice',
    /device 7 of s for 5 ms/,
    {
      connections: [
        { sessionId: 's', deviceId: 7, from: 120, to: 190 },
        { sessionId: 's', deviceId: 7, from: 185, to: 195 },
      ],
    },
  ],
  [
    'a device that stayed connected under the next owner',
    /s after the end of epoch 1 of s/,
    { connections: [{ sessionId: 's', deviceId: 7, from: 120, to: 1_300 }] },
  ],
  [
    'a device that nobody can have connected',
    /s before it had an owner/,
    { connections: [{ sessionId: 's', deviceId: 7, from: 90, to: 95 }] },
  ],
  ['keys that went back unsaid', /a: 9 after 12/, { violations: [ROLLED_BACK], oldCopies: {} }],
])('notices %s', (_name, what, change) => {
  const findings = checkHistory({ ...good, ...change }).map((finding) => finding.what);
  expect(findings).toContainEqual(expect.stringMatching(what));
});
