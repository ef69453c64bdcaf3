import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rowsOf } from '../../../shared/catalogue/testing/rows-of.ts';
import { AppError } from '../../../shared/errors.ts';
import { ENGINE_OPERATIONS } from '../operations.ts';
import type { WhatsAppEngine } from '../port.ts';
import { fakeHost } from '../testing/fake-host.ts';
import { processEngineFactory } from './process-engine.ts';
import type { StubSettings } from './testing/stub-main.ts';

const STUB = fileURLToPath(new URL('./testing/stub-main.ts', import.meta.url));

/** An engine in a process of its own, which does the same with all that the tests of this block ask. */
function started(change: Partial<StubSettings>): () => WhatsAppEngine {
  const settings: StubSettings = {
    answers: {},
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
  let engine: WhatsAppEngine;
  beforeAll(async () => {
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
  });
  afterAll(() => engine.stop());
  return () => engine;
}

const ROWS = rowsOf(ENGINE_OPERATIONS);
type Row = (typeof ROWS)[number];
const ask = (of: WhatsAppEngine, [name, row]: Row): Promise<unknown> =>
  of.ask(name, row.example.input);

describe('a session’s process that answers', () => {
  const answers = Object.fromEntries(ROWS.map(([name, row]) => [name, row.example.output]));
  const engine = started({ answers });
  it.each(ROWS)('%s: gives its answer', async (...row) => {
    expect(await ask(engine(), row)).toEqual(row[1].example.output);
  });
});

describe('a session’s process that fails', () => {
  const engine = started({ failure: 'the page crashed' });
  it.each(ROWS)('%s: rejects with the engine’s own error', async (...row) => {
    await expect(ask(engine(), row)).rejects.toThrow('the page crashed');
  });
});

describe('a session’s process that refuses', () => {
  const failure = 'Only an admin of the group can do that.';
  const engine = started({ failure, refusal: 'FORBIDDEN' });
  it.each(ROWS)('%s: rejects with the refusal that the engine met', async (...row) => {
    const asked = ask(engine(), row);
    await expect(asked).rejects.toBeInstanceOf(AppError);
    await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN', message: failure });
  });
});

describe('a session’s process that answers nonsense', () => {
  const answers = Object.fromEntries(ROWS.map(([name]) => [name, 'nonsense']));
  const engine = started({ answers });
  it.each(ROWS)('%s: rejects an answer of another shape', async (...row) => {
    await expect(ask(engine(), row)).rejects.toThrow();
  });
});

describe('a session’s process that is silent', () => {
  const engine = started({ silent: true });
  afterEach(() => {
    vi.useRealTimers();
  });
  it.each(ROWS)('%s: rejects when its patience and a little more are over', async (...row) => {
    const [name, { patienceMs }] = row;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const settled = vi.fn<(error: unknown) => void>();
    const asked = ask(engine(), row).catch(settled);
    await vi.advanceTimersByTimeAsync(patienceMs + 999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(settled).toHaveBeenCalledWith(
      expect.objectContaining({ message: `${name} took over ${patienceMs + 1_000} ms` }),
    );
  });
});

describe('a session’s process that ended', () => {
  const engine = started({});
  beforeAll(() => engine().stop());
  it.each(ROWS)('%s: rejects when there is no process any more', async (...row) => {
    await expect(ask(engine(), row)).rejects.toThrow('not running');
  });
});
