import { expect, test } from 'vitest';
import { isAlive, parsePostmasterPid, servesCluster } from './postmaster-pid.ts';

const lines = (pid: string, status: string): string =>
  [pid, '/data', '1700000000', '5432', '', '127.0.0.1', '  123 456', status, ''].join('\n');

test.each([
  [lines('42', 'ready   '), { pid: 42, ready: true }],
  [lines('42', 'starting'), { pid: 42, ready: false }],
  ['42\n/data\n', { pid: 42, ready: false }],
  ['', undefined],
  ['x\n', undefined],
  ['-1\n', undefined],
])('parses %j', (text, expected) => {
  expect(parsePostmasterPid(text)).toEqual(expected);
});

test('a process that lives but is no PostgreSQL serves no cluster', async () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(await servesCluster(process.pid, process.cwd())).toBe(false);
});
