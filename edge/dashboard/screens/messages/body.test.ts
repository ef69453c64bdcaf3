import { expect, test } from 'vitest';
import { bodyOf } from './body.ts';

test.each([
  ['text', { text: 'Hello' }, { text: 'Hello' }],
  [
    'image',
    { url: 'https://example.com/a.png', caption: '', viewOnce: true },
    { url: 'https://example.com/a.png', viewOnce: true },
  ],
  [
    'document',
    { url: '', mediaId: 'med_1', filename: 'a.pdf' },
    { mediaId: 'med_1', filename: 'a.pdf' },
  ],
  ['location', { latitude: '52.5', longitude: '-13.4' }, { latitude: 52.5, longitude: -13.4 }],
  [
    'poll',
    { name: 'Lunch?', options: ' Pizza \n\nSalad', allowMultiple: false },
    { name: 'Lunch?', options: ['Pizza', 'Salad'] },
  ],
  [
    'contact',
    { name: 'Ann', phones: '+15550100002' },
    { contacts: [{ name: 'Ann', phones: ['+15550100002'] }] },
  ],
] as const)('the body of a %s', (kind, values, body) => {
  expect(bodyOf(kind, values)).toEqual(body);
});
