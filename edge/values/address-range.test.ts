import { describe, expect, test } from 'vitest';
import { isEverywhere, isWithin, normalizeRange } from './address-range.ts';

test.each([
  ['0.0.0.0/0', true],
  ['::/0', true],
  ['::ffff:0:0/96', true],
  ['10.0.0.0/8', false],
  ['203.0.113.10', false],
  ['2001:db8::/32', false],
])('%s is everywhere: %s', (text, everywhere) => {
  expect(isEverywhere(normalizeRange(text) ?? '')).toBe(everywhere);
});

describe('the one spelling of a range', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:db8:0:0:1:2:3:4/64', '2001:db8::/64'],
    ['::/0', '::/0'],
    ['::ffff:203.0.113.7', '203.0.113.7/32'],
    ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('%s is %s', (text, range) => {
    expect(normalizeRange(text)).toBe(range);
  });

  test.each([
    '',
    'example.com',
    '203.0.113',
    '203.0.113.7/33',
    '203.0.113.7/-1',
    '203.0.113.7/08',
    '203.0.113.7/24/8',
    '203.0.113.7/255.255.255.0',
    '0203.0.113.7',
    '0xcb.0.113.7',
    '3405803783',
    '2001:db8::1/129',
    'fe80::1%eth0',
    '[2001:db8::1]',
    '::ffff:203.0.113.7/95',
    ' 203.0.113.7',
  ])('"%s" is none', (text) => {
    expect(normalizeRange(text)).toBeNull();
  });
});

test.each([
  ['203.0.113.7/32', '203.0.113.0/24', true],
  ['203.0.113.0/24', '203.0.113.0/24', true],
  ['203.0.112.0/23', '203.0.113.0/24', false],
  ['203.0.114.0/24', '203.0.113.0/24', false],
  ['203.0.113.7/32', '::/0', false],
  ['2001:db8:1::/48', '2001:db8::/32', true],
  ['2001:db9::/32', '2001:db8::/32', false],
])('%s within %s: %s', (inner, outer, within) => {
  expect(isWithin(inner, outer)).toBe(within);
});
