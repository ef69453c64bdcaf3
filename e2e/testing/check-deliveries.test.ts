import { describe, expect, it } from 'vitest';
import { wrongDeliveries, wrongRequests } from './check-deliveries.ts';

const EVENT = { workspaceId: 'w', id: 'evt_1', seq: 7, type: 'message.received', sessionId: 's' };
const ENDPOINT = { id: 'e', name: 'one', workspaceId: 'w', eventTypes: ['message.*'] };
const DELIVERY = { endpointId: 'e', eventId: 'evt_1', status: 'delivered', taken: 1 };
const REQUEST = {
  ...EVENT,
  endpoint: 'one',
  webhookId: 'evt_1',
  timestamp: '2026-11-21T10:41:58.000Z',
  at: 0,
  status: 200,
};

describe('the record of deliveries', () => {
  const wrong = (endpoint: Partial<typeof ENDPOINT> & { sessionIds?: string[] }, rows: object[]) =>
    wrongDeliveries(
      [EVENT],
      [{ ...ENDPOINT, ...endpoint }],
      rows.map((row) => ({ ...DELIVERY, ...row })),
    );

  it.each([
    ['a delivery that was taken', {}, [{}]],
    ['a dead letter', {}, [{ status: 'failed', taken: 0 }]],
    ['the name before', { eventTypes: ['message_received'] }, [{}]],
    ['an event of no interest', { eventTypes: ['call.*'] }, []],
  ])('is right with %s', (_what, endpoint, rows) => {
    expect(wrong(endpoint, rows)).toEqual([]);
  });

  it.each([
    ['no delivery', {}, [], 'has 0 deliveries'],
    ['two of them', {}, [{}, {}], 'has 2 deliveries'],
    ['one that waits', {}, [{ status: 'pending', taken: 0 }], 'is pending'],
    ['one that nobody took', {}, [{ taken: 0 }], 'is delivered after 0 answers'],
    ['one for another session', { sessionIds: ['other'] }, [{}], 'was not wanted'],
    ['one for another type', { eventTypes: ['call.*'] }, [{}], 'was not wanted'],
    ['one in another workspace', { workspaceId: 'x' }, [{}], 'was not wanted'],
  ])('is wrong with %s', (_what, endpoint, rows, why) => {
    expect(wrong(endpoint, rows)).toEqual([expect.stringContaining(why)]);
  });
});

describe('what arrived', () => {
  const wrong = (request: object, workspaceId = 'w') =>
    wrongRequests([EVENT], [{ ...ENDPOINT, workspaceId }], [{ ...REQUEST, ...request }]);

  it('is right under the event’s own id and number', () => {
    expect(wrong({})).toEqual([]);
  });

  it.each([
    ['an unknown event', { id: 'evt_2', webhookId: 'evt_2' }, 'is no event'],
    ['another id in the header', { webhookId: 'evt_2' }, 'came as evt_2'],
    ['another number', { seq: 8 }, 'came as evt_1, 8'],
  ])('is wrong with %s', (_what, request, why) => {
    expect(wrong(request)).toEqual([expect.stringContaining(why)]);
  });

  it('is wrong at an endpoint of another workspace', () => {
    expect(wrong({}, 'x')).toEqual([expect.stringContaining('of another workspace')]);
  });
});
