import { describe, expect, it } from 'vitest';
import { membersOf, parseStat, readProcess, type ProcessRow } from './process-table.ts';

const row = (pid: number, ppid: number, pgid: number, command = 'x'): ProcessRow => ({
  pid,
  ppid,
  pgid,
  startedAt: `t${pid}`,
  command,
});

describe('who belongs to a session', () => {
  const table = [
    row(1, 0, 1),
    row(10, 1, 10, 'node child.ts'),
    row(20, 10, 20, 'chrome --user-data-dir=/data/a --headless'),
    row(21, 20, 20, 'chrome --type=renderer'),
    row(22, 21, 22, 'helper'),
    row(23, 1, 20, 'chrome that lost its parent'),
    row(30, 1, 30, 'chrome --user-data-dir=/data/ab'),
    row(40, 1, 40, 'node other'),
  ];
  it.each([
    { name: 'roots', roots: [{ pid: 10, startedAt: 't10' }], dir: null, members: [10, 20, 21, 22] },
    {
      name: 'a group',
      roots: [{ pid: 20, startedAt: 't20' }],
      dir: null,
      members: [20, 21, 22, 23],
    },
    { name: 'a profile', roots: [], dir: '/data/a', members: [20, 21, 22] },
    { name: 'no prefix of a profile', roots: [], dir: '/data', members: [] },
    { name: 'not a later process', roots: [{ pid: 40, startedAt: 't39' }], dir: null, members: [] },
    { name: 'one of unknown age', roots: [{ pid: 40, startedAt: null }], dir: null, members: [40] },
  ])('$name', ({ roots, dir, members }) => {
    const found = membersOf({ roots, profileDir: dir }, table);
    expect(found.toSorted((a, b) => a - b)).toEqual(members);
  });
});

describe('/proc/<pid>/stat', () => {
  it('is read past a name that holds brackets and blanks', () => {
    const fields = ['S', '7', '8', ...Array.from({ length: 16 }, () => '0'), '4711', '0'];
    expect(parseStat(`12 (a) b) ${fields.join(' ')}`)).toEqual({
      state: 'S',
      ppid: 7,
      pgid: 8,
      startedAt: '4711',
    });
  });

  it('tells of this very process', () => {
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(readProcess(2 ** 22 + 1)).toBeNull();
  });
});
