import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../wait.ts';
import { UnreportedFacts } from './unreported-facts.ts';

let directory: string;
let file: string;
let facts: UnreportedFacts;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-unreported-'));
  file = join(directory, 'unreported.jsonl');
  facts = new UnreportedFacts({ file, epoch: 7 });
});
afterEach(() => rmSync(directory, { recursive: true }));

const ack = (wireId: string) => ({
  type: 'fact' as const,
  fact: {
    kind: 'message.ack' as const,
    wireId,
    wireKey: `true_15550100001@c.us_${wireId}`,
    chatId: '15550100001@c.us',
    ack: 2,
  },
});
const written = () =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

it('facts that the runner takes in time are never written', () => {
  facts.taken(facts.add(ack('3EB0A')));
  facts.write();
  expect(existsSync(file)).toBe(false);
});

it('a fact that is not taken is written after a while, and later ones at once', async () => {
  const first = facts.add(ack('3EB0A'));
  expect(existsSync(file)).toBe(false);
  expect(await until(() => existsSync(file), 20_000)).toBe(true);
  const second = facts.add(ack('3EB0B'));
  expect(written()).toEqual([
    { epoch: 7, report: ack('3EB0A').fact },
    { epoch: 7, report: ack('3EB0B').fact },
  ]);
  facts.taken(first);
  expect(written()).toHaveLength(2);
  facts.taken(second);
  expect(existsSync(file)).toBe(false);
});

it('at the end every fact that was not taken is written, once', () => {
  facts.add(ack('3EB0A'));
  facts.taken(facts.add(ack('3EB0B')));
  facts.write();
  facts.write();
  expect(written()).toEqual([{ epoch: 7, report: ack('3EB0A').fact }]);
  facts.taken(1);
});
