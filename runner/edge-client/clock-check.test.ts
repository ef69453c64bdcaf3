import { expect, it } from 'vitest';
import { createClockCheck } from './clock-check.ts';
import { createLog } from '../log.ts';

function check() {
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (line) => void lines.push(line) });
  return { ...createClockCheck(log), said: () => lines.map((line) => JSON.parse(line)) };
}

it.each([
  [300, '300 s ahead'],
  [-300, '300 s behind'],
])('a clock that is %i s off is one line, however often it is found', (skewSeconds, words) => {
  const { signing, said } = check();
  for (let times = 0; times < 1_000; times += 1) signing().outOfDate(skewSeconds);
  expect(said()).toMatchObject([{ event: 'runner.clock_wrong', level: 'error', skewSeconds }]);
  expect(said()[0].advice).toContain(words);
});

it('is logged once when it is right again, and again when it goes wrong again', () => {
  const { signing, said } = check();
  signing().taken();
  signing().outOfDate(300);
  signing().taken();
  signing().taken();
  signing().outOfDate(-90);
  expect(said().map(({ event }) => event)).toEqual([
    'runner.clock_wrong',
    'runner.clock_right',
    'runner.clock_wrong',
  ]);
});

it('a request that was signed before the change is no evidence of the time after it', () => {
  const { signing, said } = check();
  const [early, alsoEarly] = [signing(), signing()];
  signing().outOfDate(300);
  early.taken();
  expect(said()).toHaveLength(1);
  signing().taken();
  alsoEarly.outOfDate(300);
  expect(said()).toHaveLength(2);
});

it('a request that was long on its way says nothing of the clock', () => {
  const { signing, said } = check();
  signing().outOfDate(-2);
  expect(said()).toEqual([]);
});
