import { fakeHost } from '../engine/testing/fake-host.ts';
import { FakeWhatsApp } from '../engine/testing/fake-whatsapp.ts';
import { parseEnv } from '../env.ts';
import { createLog } from '../log.ts';
import { startRunner } from '../start.ts';
import { runUntilSignal } from '../run-until-signal.ts';
import { QUICK } from './harness.ts';

/** The real runner with the fake engine, for tests that kill a process. Argument: the wire file. */
const [, , wireFile] = process.argv;
if (wireFile === undefined) throw new Error('give the path of the wire file');
const env = parseEnv();
const { factory } = new FakeWhatsApp({ wireFile, autoLink: true });
const log = createLog({ level: env.LOG_LEVEL });
await runUntilSignal(
  log,
  await startRunner({
    env,
    engineFactory: factory,
    sandbox: null,
    hosts: { wwebjs: fakeHost() },
    timing: QUICK,
  }),
);
