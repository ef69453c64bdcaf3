import { expect, it } from 'vitest';
import { findIn } from './palette-find.ts';

const known = {
  places: [
    { href: '/', icon: 'overview', label: 'Overview' },
    { href: '/webhooks', icon: 'webhooks', label: 'Webhooks' },
  ],
  sessions: [{ id: 'ses_1', name: 'Order desk', phoneNumber: '15550100001' }],
} as const;
const hrefs = (typed: string): string[] => findIn(typed, known).map(({ href }) => href);

it('finds places and actions by letters, sessions by name or number', () => {
  expect(hrefs('webh')).toEqual(['/webhooks', '/webhooks?create=true']);
  expect(hrefs('desk')).toEqual(['/sessions/ses_1']);
  expect(hrefs('+1 555 010 0001')).toEqual(['/sessions/ses_1', '/messages?chatId=15550100001']);
  expect(hrefs('nothing like it')).toEqual([]);
});

it('goes straight to what has an id', () => {
  expect(hrefs(' MSG_01k2q8z6m4c8f7h3n5r9t1v0wx ')).toEqual([
    '/messages?message=msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
  ]);
});
