import { expect, it } from 'vitest';
import { phoneStateOf } from './phone-state.ts';

it('reads a phone, the newest chat first', () => {
  const state = phoneStateOf({
    account: '15550100001@c.us',
    pushname: 'Ada',
    network: true,
    devices: [{ unlinkedAt: 5 }, { unlinkedAt: null }],
    chats: [
      { id: '1@c.us', name: 'Old', t: 1 },
      { id: '2@g.us', name: 'New', group: true, unread: 3, t: 2 },
    ],
    messages: [{ wireId: 'A', chat: '1@c.us', fromMe: true, body: 'Hi', ack: 3, t: 1 }],
  });
  expect(state).toMatchObject({ account: '15550100001', hasNetwork: true, isLinked: true });
  expect(state.chats.map(({ name, unread }) => [name, unread])).toEqual([
    ['New', 3],
    ['Old', 0],
  ]);
  expect(state.messages[0]).toMatchObject({ text: 'Hi', ack: 3, at: 1_000, reactions: [] });
});

it('shows a phone without a device, and nothing that it does not know', () => {
  expect(phoneStateOf({ devices: [{ unlinkedAt: 5 }], messages: 'none' })).toMatchObject({
    isLinked: false,
    chats: [],
    messages: [],
  });
});
