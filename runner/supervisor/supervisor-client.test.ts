import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { testPrograms, type TestPrograms } from '../programs/testing/programs.ts';
import { until } from '../testing/until.ts';
import { readProcess } from './process-table.ts';
import { startSupervisor } from './supervisor.ts';

let programs: TestPrograms;
beforeAll(async () => {
  programs = await testPrograms();
});
afterAll(() => programs.remove());

test('a runner that ends does not wait for a supervisor that hangs', async () => {
  const supervisor = startSupervisor({
    program: programs.supervisor,
    log: createLog({ level: 'error', write: () => undefined }),
    timing: { hungMs: 300 },
  });
  const pid = await until('it runs', () => supervisor.pid);
  process.kill(pid, 'SIGSTOP');
  await supervisor.close();
  expect(readProcess(pid)).toBeNull();
});
