import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine } from '../engine/process-tree.ts';
import { descendants } from '../engine/wwebjs/testing/processes.ts';
import { leanNode } from './lean-node.ts';
import { testPrograms, type TestPrograms } from './testing/programs.ts';

const bundlers = (): number[] =>
  descendants(process.pid).filter((pid) => commandLine(pid)?.includes('esbuild'));

let before: number[];
let programs: TestPrograms;

beforeEach(async () => {
  before = bundlers();
  programs = await testPrograms();
});

afterEach(() => programs.remove());

it('leaves no bundler behind', () => {
  expect(bundlers()).toEqual(before);
});

it('makes programs that Node takes with the lean flags and nothing else around it', () => {
  const { flags, env } = leanNode(64);
  for (const program of [programs.session, programs.supervisor]) {
    const told = execFileSync(process.execPath, [...flags, '--check', program], { env, cwd: '/' });
    expect(told.toString()).toBe('');
  }
});
