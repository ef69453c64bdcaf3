import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { type CommandResult, StoredResults } from './stored-results.ts';

const command = { sessionId: 'ses_1', name: 'restart', body: '{}' };
const done: CommandResult = { status: 200, body: { ok: true, result: null } };

test('a command that still runs is not run again, however many came since', async () => {
  const results = new StoredResults(new FakeClock());
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  let runs = 0;
  const ask = () =>
    results.once('cmd-slow', command, () => {
      runs += 1;
      return promise;
    });
  const first = ask();
  for (let count = 0; count < 300; count += 1)
    await results.once(`cmd-${count}`, command, () => Promise.resolve(done));
  const second = ask();
  resolve(done);
  expect([await first, await second]).toEqual([done, done]);
  expect(runs).toBe(1);
});

test('of those that ended, the oldest is forgotten', async () => {
  const results = new StoredResults(new FakeClock());
  let runs = 0;
  const ask = (id: string) =>
    results.once(id, command, () => {
      runs += 1;
      return Promise.resolve(done);
    });
  for (let count = 0; count < 201; count += 1) await ask(`cmd-${count}`);
  await ask('cmd-200');
  expect(runs).toBe(201);
  await ask('cmd-0');
  expect(runs).toBe(202);
});
