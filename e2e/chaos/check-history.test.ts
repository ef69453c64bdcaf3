import { expect, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { History } from './history.ts';

const SENT = { id: 'evt_1', type: 'message.sent', seq: 1, sessionId: 's', wireId: 'A' };
const CAME = { id: 'evt_2', type: 'message.received', seq: 2, sessionId: 's', wireId: 'B' };

/** One message out and one in, and all as it should be. */
const good: History = {
  sends: [
    { sessionId: 's', text: 'one', messageId: 'msg_1' },
    { sessionId: 's', text: 'refused', messageId: null },
  ],
  messages: [{ id: 'msg_1', status: 'sent', wireId: 'A', queueSeq: 1 }],
  wire: [{ account: 'a', wireId: 'A', text: 'one' }],
  inbound: [{ sessionId: 's', wireId: 'B', text: 'in' }],
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
  violations: [],
  moves: { a: 1 },
};
const ended = (status: string, wireId: string | null = 'A') => ({
  messages: [{ id: 'msg_1', status, wireId, queueSeq: 1 }],
});
const two = {
  sends: [...good.sends, { sessionId: 's', text: 'two', messageId: 'msg_2' }],
  messages: [...good.messages, { id: 'msg_2', status: 'sent', wireId: 'C', queueSeq: 2 }],
  events: [...good.events, { ...SENT, id: 'evt_3', seq: 3, wireId: 'C', messageId: 'msg_2' }],
};

const ROLLED_BACK = { kind: 'ratchet_rolled_back', account: 'a', detail: '9 after 12' };

test('keys may go back when a session moves', () => {
  expect(checkHistory({ ...good, violations: [ROLLED_BACK] })).toEqual([]);
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
    { inbound: [{ sessionId: 's', wireId: 'Z', text: 'in' }] },
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
  ['keys that went back without a move', /a: 9 after 12/, { violations: [ROLLED_BACK], moves: {} }],
])('notices %s', (_name, what, change) => {
  const findings = checkHistory({ ...good, ...change }).map((finding) => finding.what);
  expect(findings).toContainEqual(expect.stringMatching(what));
});
