import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { descendants, kilobytes, parseStat, usageOfTree } from './process-usage.ts';

it.each([
  ['7 (node) S 1 7 7 0 -1 4194304 9 0 0 0 120 30 0 0 20', { parent: 1, ticks: 150 }],
  ['8 (Chrome (x) y) R 7 7 7 0 -1 4194304 9 0 0 0 5 6 0 0 20', { parent: 7, ticks: 11 }],
  ['9 (chrome) Z 7 7 7 0 -1 4194304 9 0 0 0 5 6 0 0 20', null],
  ['', null],
])('reads %s', (text, expected) => {
  expect(parseStat(text)).toEqual(expected);
});

it('finds children of children, and nobody else', () => {
  const stat = (parent: number) => ({ parent, ticks: 0 });
  const stats = new Map([
    [1, stat(0)],
    [10, stat(1)],
    [11, stat(10)],
    [12, stat(11)],
    [20, stat(1)],
  ]);
  expect(descendants(10, stats)).toEqual([10, 11, 12]);
});

it('reads a size', () => {
  expect(kilobytes('Rss:                2048 kB\nPss:     1024 kB\n', 'Pss')).toBe(1_048_576);
  expect(kilobytes('', 'Pss')).toBeNull();
});

it.runIf(process.platform === 'linux')('measures a real process and its child', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    other.once('spawn', () => console.log(other.pid));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(child.stdout, 'data');
  const usage = await usageOfTree(child.pid ?? 0);
  expect(usage?.processes).toBe(2);
  expect(usage?.rssBytes).toBeGreaterThan(20 * 1024 * 1024);
  child.kill('SIGKILL');
  process.kill(Number(String(pid)), 'SIGKILL');
  await once(child, 'exit');
  expect(await usageOfTree(child.pid ?? 0)).toBeNull();
});
