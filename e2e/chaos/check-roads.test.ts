import { expect, it } from 'vitest';
import { ROAD_RULES } from './check-roads.ts';
import type { RoadHistory } from './history.ts';

const event = (seq: number, workspaceId = 'w') => ({
  workspaceId,
  id: `evt_${workspaceId}${seq}`,
  seq,
  type: 'message.received',
  sessionId: 's',
});
const request = (seq: number, endpoint: string, workspaceId = 'w') => ({
  ...event(seq, workspaceId),
  endpoint,
  webhookId: `evt_${workspaceId}${seq}`,
  status: 200,
  wireId: null,
  messageId: null,
});
const endpoint = (id: string, workspaceId = 'w', refuses = false) => ({
  id,
  name: id,
  workspaceId,
  eventTypes: ['message.*'],
  refuses,
});
const row = (endpointId: string, eventId: string, status = 'delivered') => ({
  endpointId,
  eventId,
  status,
  taken: status === 'delivered' ? 1 : 0,
});
const TAKES = [row('takes', 'evt_w1'), row('takes', 'evt_w2')];
const REFUSES = [row('refuses', 'evt_w1', 'failed'), row('refuses', 'evt_w2', 'failed')];
const THEIRS = [row('theirs', 'evt_n1')];

/** Two events and one of the neighbour, and all as it should be. A third came after the end. */
const good: RoadHistory = {
  log: [event(1), event(2), event(3), event(1, 'n')],
  workspaceId: 'w',
  upTo: 2,
  readings: [
    { road: 'socket', from: 1, ids: ['evt_w2', 'evt_w3'] },
    { road: 'feed', from: 0, ids: ['evt_w1', 'evt_w2'] },
  ],
  endpoints: [endpoint('takes'), endpoint('refuses', 'w', true), endpoint('theirs', 'n')],
  deliveries: [...TAKES, ...REFUSES, ...THEIRS],
  requests: [request(1, 'takes'), request(1, 'takes'), request(1, 'theirs', 'n')],
};
const findings = (change: Partial<RoadHistory>): string[] =>
  Object.values(ROAD_RULES).flatMap((rule) => rule({ ...good, ...change }));
const delivered = (...rows: (typeof TAKES)[]) => ({ deliveries: rows.flat() });
const socket = (...ids: string[]) => ({ readings: [{ road: 'socket', from: 0, ids }] });

it('a good history has no findings', () => {
  expect(findings({})).toEqual([]);
});

it.each<[string, RegExp, Partial<RoadHistory>]>([
  [
    'an event without a delivery',
    /evt_w2 to takes has 0/,
    delivered(REFUSES, THEIRS, [row('takes', 'evt_w1')]),
  ],
  [
    'a delivery that waits',
    /evt_w2 to takes is pending/,
    delivered(REFUSES, THEIRS, [row('takes', 'evt_w1'), row('takes', 'evt_w2', 'pending')]),
  ],
  ['a neighbour’s event without one', /evt_n1 to theirs has 0/, delivered(TAKES, REFUSES)],
  [
    'a refusal that counts as taken',
    /evt_w1 to refuses is delivered/,
    delivered(TAKES, THEIRS, [row('refuses', 'evt_w1'), row('refuses', 'evt_w2', 'failed')]),
  ],
  [
    'a copy under another id',
    /came as evt_w2/,
    { requests: [{ ...request(1, 'takes'), webhookId: 'evt_w2' }] },
  ],
  ['an event at a neighbour’s', /another workspace/, { requests: [request(1, 'theirs')] }],
  ['a neighbour’s event here', /another workspace/, { requests: [request(1, 'takes', 'n')] }],
  [
    'an event that a reader did not see',
    /socket: nothing in place of message.received evt_w2/,
    socket('evt_w1'),
  ],
  [
    'one that it saw twice',
    /socket: evt_w1 in place of .*evt_w2/,
    socket('evt_w1', 'evt_w1', 'evt_w2'),
  ],
  ['two in the wrong order', /socket: evt_w2 in place of .*evt_w1/, socket('evt_w2', 'evt_w1')],
  [
    'a neighbour’s in between',
    /socket: evt_n1 in place of .*evt_w2/,
    socket('evt_w1', 'evt_n1', 'evt_w2'),
  ],
  [
    'a road that shows nothing',
    /no event after 2/,
    { readings: [{ road: 'socket', from: 2, ids: [] }] },
  ],
])('notices %s', (_name, what, change) => {
  expect(findings(change)).toEqual([expect.stringMatching(what)]);
});
