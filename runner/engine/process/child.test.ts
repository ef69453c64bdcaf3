import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { until } from '../wait.ts';
import { commandLine, processesOfProfile } from '../process-tree.ts';
import { testChromium } from '../wwebjs/testing/env.ts';
import { SandboxLink, startTestSandbox } from '../wwebjs/testing/sandbox-link.ts';
import { createWwebjsEngine } from '../wwebjs/engine.ts';
import { FromSession, type ToSession } from './protocol.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
/** What the library does now and then: an error in an async listener, which nobody waits for. */
const LOADED_BEFORE =
  "data:text/javascript,process.on('SIGUSR2', () => void Promise.reject(new Error('for nobody')))";

it('an unhandled rejection ends this session and its browser, with the reason', async () => {
  const sandbox = await startTestSandbox();
  const sandboxArgs = sandbox.chromiumArgs('stock');
  const place = new SandboxLink(sandbox, 'stock', (options, emit) =>
    createWwebjsEngine(options, emit, {
      chromiumPath: testChromium(),
      sandboxArgs,
      log: () => undefined,
    }),
  );
  const child = fork(CHILD, [], { execArgv: ['--import', LOADED_BEFORE], stdio: 'ignore' });
  try {
    const said: FromSession[] = [];
    child.on('message', (message) => said.push(FromSession.parse(message)));
    const say = (message: ToSession) => child.send(message);
    say({
      type: 'open',
      options: {
        sessionId: 'session',
        engine: 'wwebjs',
        mode: 'sandbox',
        sandboxProfile: 'stock',
        stateDir: place.profileDir,
        filesDir: place.dir,
        unreported: { file: `${place.dir}/unreported.jsonl`, epoch: 1 },
        traffic: { status: false, channels: false },
        conduct: { alwaysOnline: false, rejectCalls: false, presenceOf: [] },
        proxy: null,
      },
      settings: { chromiumPath: testChromium(), sandboxArgs },
    });
    say({ type: 'call', id: 1, call: { method: 'start' } });
    const isUp = () => said.some(({ type }) => type === 'result');
    expect(await until(isUp, 20_000)).toBe(true);
    const browser = processesOfProfile(place.profileDir);
    expect(browser).not.toEqual([]);

    const exited = once(child, 'exit');
    child.kill('SIGUSR2');
    expect(await exited).toEqual([1, null]);
    // The first one counts; the killed engine has its own.
    const end = said.find((one) => one.type === 'event' && one.event.type === 'closed');
    expect(end).toMatchObject({ event: { reason: 'crashed', detail: 'unhandled: for nobody' } });
    const left = () => browser.filter((pid) => commandLine(pid) !== null);
    expect(await until(() => left().length === 0, 20_000)).toBe(true);
  } finally {
    child.kill('SIGKILL');
    await place.end();
    await sandbox.close();
  }
});
