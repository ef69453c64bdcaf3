import { z } from 'zod';
import { processEngineFactory } from '../process-engine.ts';
import { wwebjsHost } from '../../wwebjs/host.ts';

/** A runner reduced to one session, for tests that kill a runner: starts the given engine and passes on its events. */
const Task = z.object({
  program: z.string(),
  chromiumPath: z.string().nullable(),
  chromiumArgs: z.array(z.string()),
  profileDir: z.string(),
  filesDir: z.string(),
});

process.once('message', (raw) => {
  const task = Task.parse(raw);
  const factory = processEngineFactory({
    program: task.program,
    hosts: {
      wwebjs: wwebjsHost({
        chromiumPath: task.chromiumPath,
        sandboxChromiumArgs: () => task.chromiumArgs,
      }),
    },
    log: () => undefined,
  });
  const engine = factory(
    {
      sessionId: 'session',
      engine: 'wwebjs',
      mode: 'sandbox',
      sandboxProfile: 'stock',
      stateDir: task.profileDir,
      filesDir: task.filesDir,
      unreported: { file: `${task.filesDir}/unreported.jsonl`, epoch: 1 },
      traffic: { status: false, channels: false },
      conduct: { alwaysOnline: false, rejectCalls: false, presenceOf: [] },
      proxy: null,
    },
    (event) => process.send?.(event),
  );
  void engine.start();
});
