import { expect, it } from 'vitest';
import { redactLine } from './output.ts';

it.each([
  ['plain words stay', 'plain words stay'],
  ['from 15550100001@c.us', 'from [number]@c.us'],
  [`qr 2@${'Ab1+/'.repeat(20)},x`, 'qr [redacted]'],
  ['body: "see you at eight tonight"', 'body: [text]'],
  ["reading 'x' failed", "reading 'x' failed"],
])('%s', (line, expected) => {
  expect(redactLine(line)).toBe(expected);
});

it('cuts long lines', () => {
  expect(redactLine('ab '.repeat(400))).toHaveLength(400);
});
