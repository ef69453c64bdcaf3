import { expect, it } from 'vitest';
import { labelChanges } from './label-changes.ts';

const CHAT = '15550100001@c.us';
const lead = { id: '1', name: 'Lead', color: '#ff9485' };
const facts = { labelId: '1', name: 'Lead', color: '#ff9485' };
const shown = (labels: (typeof lead)[], labelIds: string[] = []) => ({
  labels,
  chats: labelIds.length === 0 ? [] : [{ chatId: CHAT, labelIds }],
});
const updated = (data: object) => ({ type: 'label.updated', data: { ...facts, ...data } });
const moved = (added: boolean) => ({ type: 'label.chat', data: { ...facts, chatId: CHAT, added } });

it.each([
  ['nothing', shown([lead], ['1']), shown([lead], ['1']), []],
  ['a new label', shown([]), shown([lead]), [updated({ deleted: false })]],
  [
    'another name',
    shown([lead]),
    shown([{ ...lead, name: 'Hot' }]),
    [updated({ name: 'Hot', deleted: false })],
  ],
  [
    'another color',
    shown([lead]),
    shown([{ ...lead, color: '#000000' }]),
    [updated({ color: '#000000', deleted: false })],
  ],
  [
    'a label that is deleted',
    shown([lead], ['1']),
    shown([]),
    [updated({ deleted: true }), moved(false)],
  ],
  ['a label given', shown([lead]), shown([lead], ['1']), [moved(true)]],
  ['a label taken', shown([lead], ['1']), shown([lead]), [moved(false)]],
  ['a label that nobody knows', shown([]), shown([], ['9']), []],
])('%s', (_what, before, after, events) => {
  expect(labelChanges(before, after)).toEqual(events);
});
