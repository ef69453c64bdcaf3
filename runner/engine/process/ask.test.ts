import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { rowsOf } from '../../../shared/catalogue/testing/rows-of.ts';
import { AppError } from '../../../shared/errors.ts';
import { ENGINE_OPERATIONS } from '../operations.ts';
import type { WhatsAppEngine } from '../port.ts';
import { fakeHost } from '../testing/fake-host.ts';
import { processEngineFactory } from './process-engine.ts';
import type { StubSettings } from './testing/stub-main.ts';

const STUB = fileURLToPath(new URL('./testing/stub-main.ts', import.meta.url));

let engine: WhatsAppEngine;

async function start(change: Partial<StubSettings>): Promise<WhatsAppEngine> {
  const settings: StubSettings = {
    answer: null,
    failure: null,
    refusal: null,
    silent: false,
    ...change,
  };
  const make = processEngineFactory({
    program: STUB,
    hosts: { wwebjs: { ...fakeHost(), settings: async () => settings } },
    log: () => undefined,
  });
  engine = make(
    {
      sessionId: 'session',
      engine: 'wwebjs',
      mode: 'live',
      sandboxProfile: null,
      stateDir: '/nowhere/state',
      filesDir: '/nowhere/files',
      unreported: { file: '/nowhere/unreported.jsonl', epoch: 1 },
      traffic: { status: false, channels: false },
      conduct: { alwaysOnline: false, rejectCalls: false, presenceOf: [] },
      proxy: null,
    },
    () => undefined,
  );
  await engine.start();
  return engine;
}

afterEach(async () => {
  vi.useRealTimers();
  await engine.stop();
});

describe.each(rowsOf(ENGINE_OPERATIONS))('%s, asked of a session’s process', (name, row) => {
  const ask = (of: WhatsAppEngine): Promise<unknown> => of.ask(name, row.example.input);

  it('gives its answer', async () => {
    const { output } = row.example;
    expect(await ask(await start({ answer: output }))).toEqual(output);
  });

  it('rejects with the engine’s own error', async () => {
    await expect(ask(await start({ failure: 'the page crashed' }))).rejects.toThrow(
      'the page crashed',
    );
  });

  it('rejects with the refusal that the engine met', async () => {
    const failure = 'Only an admin of the group can do that.';
    const asked = ask(await start({ failure, refusal: 'FORBIDDEN' }));
    await expect(asked).rejects.toBeInstanceOf(AppError);
    await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN', message: failure });
  });

  it('rejects an answer of another shape', async () => {
    await expect(ask(await start({ answer: 'nonsense' }))).rejects.toThrow();
  });

  it('rejects when its patience and a little more are over', async () => {
    const silent = await start({ silent: true });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const settled = vi.fn<(error: unknown) => void>();
    const asked = ask(silent).catch(settled);
    await vi.advanceTimersByTimeAsync(row.patienceMs + 999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(settled).toHaveBeenCalledWith(
      expect.objectContaining({ message: `${name} took over ${row.patienceMs + 1_000} ms` }),
    );
  });

  it('rejects when there is no process any more', async () => {
    const stopped = await start({});
    await stopped.stop();
    await expect(ask(stopped)).rejects.toThrow('not running');
  });
});
