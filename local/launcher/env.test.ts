import { expect, test } from 'vitest';
import { LauncherEnv } from './env.ts';

test.each([
  ['10.0.0.0/8, 192.0.2.1:443', ['10.0.0.0/8', '192.0.2.1:443']],
  ['', []],
])('EGRESS_ALLOW "%s" is read as the edge reads it', (text, entries) => {
  expect(LauncherEnv.parse({ EGRESS_ALLOW: text }).EGRESS_ALLOW).toEqual(entries);
});

test('a bad EGRESS_ALLOW is refused before anything starts', () => {
  expect(() => LauncherEnv.parse({ EGRESS_ALLOW: '10.0.0.0/99' })).toThrow('is not a CIDR');
});
