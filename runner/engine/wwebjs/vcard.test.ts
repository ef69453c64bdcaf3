import { expect, test } from 'vitest';
import { vcardOf } from './vcard.ts';

test('a card has its fields, with what has a meaning in a vCard escaped', () => {
  const card = vcardOf({
    name: 'Ada; Countess, of\r\nLovelace',
    phones: ['+15550100002', '+442071838750'],
    emails: ['ada@example.com'],
    organization: String.raw`A\B; Ltd`,
    title: 'Analyst\nEND:VCARD',
    url: 'https://example.com/?a=1;b,2',
  });
  expect(card.split('\n')).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    String.raw`N:;Ada\; Countess\, of\nLovelace;;;`,
    String.raw`FN:Ada\; Countess\, of\nLovelace`,
    String.raw`ORG:A\\B\; Ltd`,
    String.raw`TITLE:Analyst\nEND:VCARD`,
    'TEL;type=CELL;waid=15550100002:+15550100002',
    'TEL;type=CELL;waid=442071838750:+442071838750',
    'EMAIL:ada@example.com',
    'URL:https://example.com/?a=1;b,2',
    'END:VCARD',
  ]);
});
