import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EngineSend } from '../port.ts';
import { until } from '../wait.ts';
import { commandLine, processesOfProfile } from '../process-tree.ts';
import { environmentNames, testChromium } from '../wwebjs/testing/env.ts';
import { descendants } from '../wwebjs/testing/processes.ts';
import {
  newWireId,
  SandboxLink,
  startTestSandbox,
  type TestSandbox,
} from '../wwebjs/testing/sandbox-link.ts';
import { processEngineFactory } from './process-engine.ts';
import { wwebjsHost } from '../wwebjs/host.ts';
import { testPrograms, type TestPrograms } from '../../programs/testing/programs.ts';

const RUNNER = fileURLToPath(new URL('./testing/runner-main.ts', import.meta.url));

let sandbox: TestSandbox;
let link: SandboxLink;
let logged: Record<string, unknown>[];

let program: TestPrograms;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  program = await testPrograms();
});

afterAll(async () => {
  await sandbox.close();
  await program.remove();
});

beforeEach(() => {
  logged = [];
  const factory = processEngineFactory({
    program: program.session,
    hosts: {
      wwebjs: wwebjsHost({
        chromiumPath: testChromium(),
        sandboxChromiumArgs: (profile) => sandbox.chromiumArgs(profile),
      }),
    },
    log: (entry) => logged.push(entry),
  });
  link = new SandboxLink(sandbox, '2026-09', factory);
});

afterEach(async () => {
  await link.end();
  expect(processesOfProfile(link.profileDir)).toEqual([]);
});

function message(more: Partial<EngineSend> = {}): EngineSend {
  return {
    wireId: newWireId(),
    chatId: '15550100001@c.us',
    content: { type: 'text', text: 'hello', linkPreview: true },
    ...more,
  };
}

/** The session's own process: the child of this one that runs the engine. */
function sessionPid(): number {
  const pid = descendants(process.pid).find((each) =>
    commandLine(each)?.includes('session-process.cjs'),
  );
  if (pid === undefined) throw new Error('there is no session process');
  return pid;
}

it('does everything of the port from a process of its own', async () => {
  const ready = await link.link();
  expect(ready.me.phoneNumber).toBe(link.phoneNumber);

  const first = message();
  expect(await link.send(first)).toMatchObject({ outcome: 'sent' });
  const reply = message({ quotedWireId: first.wireId });
  expect(await link.send(reply)).toMatchObject({ outcome: 'sent' });
  expect((await link.wire()).map(({ wireId }) => wireId)).toEqual([first.wireId, reply.wireId]);
  const { messages } = await sandbox.phone.account(link.at);
  expect(messages.find(({ wireId }) => wireId === reply.wireId)?.quotedWireId).toBe(first.wireId);

  expect(
    await link.engine.ask('lookUp', { wireId: first.wireId, chatId: first.chatId }),
  ).toMatchObject({ found: true });
  expect(await link.engine.ask('isOnWhatsApp', { chatId: first.chatId })).toMatchObject({
    exists: true,
  });
  expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
  const { pngBase64 } = await link.engine.ask('screenshot', {});
  expect(pngBase64.length).toBeGreaterThan(100);

  const bytes = Buffer.from('%PDF a small file');
  const sent = await sandbox.phone.message({
    ...link.at,
    from: '15550100002',
    type: 'document',
    mediaBase64: bytes.toString('base64'),
    mimetype: 'application/pdf',
    filename: 'a.pdf',
  });
  const { file } = await link.fact('message.media', ({ wireId }) => wireId === sent.wireId);
  expect(readFileSync(file?.path ?? '')).toEqual(bytes);

  await link.engine.stop();
  expect(link.events.at(-1)).toMatchObject({ type: 'closed', reason: 'stopped' });
  expect(processesOfProfile(link.profileDir)).toEqual([]);
  expect(JSON.stringify(logged)).not.toContain('hello');
  expect(logged).toContainEqual(
    expect.objectContaining({
      event: 'engine.surface',
      missing: [],
      patches: {
        'one-injection': 'applied',
        'idle-qr': 'applied',
        'chat-events': 'applied',
        'guarded-listeners': 'applied',
        'send-hook': 'applied',
        'media-model-id': 'not met',
        'late-decryption': 'applied',
        'message-key-field': 'applied',
        'shown-presence': 'applied',
      },
    }),
  );

  await link.reopen();
  await link.engine.logout();
  expect(link.events.at(-2)).toMatchObject({ type: 'logged_out' });
});

it('turns the death of the process into an end of the engine, browser included', async () => {
  await link.link();
  const pid = sessionPid();
  // Stopped first, so that the calls are surely under way when it dies.
  process.kill(pid, 'SIGSTOP');
  const asked = link.engine.ping(10_000);
  const sending = link.engine.send(message());
  process.kill(pid, 'SIGKILL');
  await expect(asked).rejects.toThrow('gone');
  expect(await sending).toMatchObject({ outcome: 'unknown' });
  expect(await link.event('closed')).toMatchObject({ reason: 'crashed' });
  expect(processesOfProfile(link.profileDir)).toEqual([]);
  expect(await link.engine.send(message())).toMatchObject({ code: 'UNAVAILABLE' });
});

it('keeps the environment of the runner to itself, and is killed at once even when frozen', async () => {
  await link.engine.start();
  const pid = sessionPid();
  const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((entry) => entry.split('=', 1)[0]);
  // Vitest's own variable stands for a runner's credentials.
  expect(environmentNames()).toContain('VITEST');
  expect(names).not.toContain('VITEST');

  process.kill(pid, 'SIGSTOP');
  link.engine.kill();
  expect(link.events.at(-1)).toMatchObject({ type: 'closed', detail: 'killed' });
  await link.engine.stop();
  expect(commandLine(pid)).toBeNull();
  expect(processesOfProfile(link.profileDir)).toEqual([]);
});

it('ends with its runner, and so does the browser', async () => {
  const runner = fork(RUNNER, [], { execArgv: [] });
  const events: { type?: unknown }[] = [];
  runner.on('message', (event: { type?: unknown }) => events.push(event));
  runner.send({
    chromiumPath: testChromium(),
    program: program.session,
    chromiumArgs: sandbox.chromiumArgs('stock'),
    profileDir: link.profileDir,
    filesDir: link.dir,
  });
  await until(() => events.some(({ type }) => type === 'qr'), 15_000);
  const family = descendants(runner.pid ?? 0);
  expect(family.length).toBeGreaterThan(2);

  const exited = once(runner, 'exit');
  runner.kill('SIGKILL');
  await exited;
  const left = () => family.filter((pid) => commandLine(pid) !== null);
  expect(await until(() => left().length === 0, 20_000)).toBe(true);
});

it('reports why it could not start', async () => {
  link = new SandboxLink(
    sandbox,
    'stock',
    processEngineFactory({
      program: program.session,
      hosts: {
        wwebjs: wwebjsHost({
          chromiumPath: '/nowhere/chromium',
          sandboxChromiumArgs: (profile) => sandbox.chromiumArgs(profile),
        }),
      },
      log: () => undefined,
    }),
  );
  await expect(link.engine.start()).rejects.toThrow('/nowhere/chromium');
  expect(link.events).toMatchObject([{ type: 'closed', reason: 'start_failed' }]);
});
