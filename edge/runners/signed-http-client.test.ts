import { env as bindings } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rowsOf } from '../../shared/catalogue/testing/rows-of.ts';
import { COMMANDS } from '../../shared/protocol/runner-commands.ts';
import { SigningKeysText } from '../../shared/signing/keys.ts';
import { FakeRunnerCall, type FakeRunnerScript } from '../../local/testing/fake-runner-protocol.ts';
import type { SessionAddress } from './port.ts';
import { createRunnerClient } from './signed-http-client.ts';

const TestBindings = z.object({ FAKE_RUNNER_URL: z.url(), EDGE_TO_RUNNER_KEYS: SigningKeysText });
const { FAKE_RUNNER_URL, ...env } = TestBindings.parse({ ...bindings });

const client = createRunnerClient(env);

/** A runner of the fake server that no other test speaks to. */
function newRunner() {
  const address: SessionAddress = {
    runnerId: `runner-${crypto.randomUUID()}`,
    bootId: crypto.randomUUID(),
    url: '',
    sessionId: 'ses_1',
    epoch: 7,
  };
  address.url = `${FAKE_RUNNER_URL}/${address.runnerId}/${address.bootId}`;
  return {
    address,
    script: async (script: FakeRunnerScript): Promise<void> => {
      const response = await fetch(`${address.url}/script`, {
        method: 'PUT',
        body: JSON.stringify(script),
      });
      await response.text();
    },
    calls: async (): Promise<FakeRunnerCall[]> =>
      z.array(FakeRunnerCall).parse(await (await fetch(`${address.url}/calls`)).json()),
  };
}

describe('a command', () => {
  it('is signed for this boot and carries session, epoch and a route for Fly', async () => {
    const { address, script, calls } = newRunner();
    const result = { exists: true, chatId: '15550100001@c.us', lid: null };
    await script({ isOnWhatsApp: { body: { ok: true, result } } });

    const answer = await client.command(address, 'isOnWhatsApp', { chatId: '15550100001@c.us' });

    expect(answer).toEqual(result);
    expect(await calls()).toMatchObject([
      {
        path: '/v1/sessions/ses_1/commands/isOnWhatsApp',
        refused: null,
        session: 'ses_1',
        epoch: '7',
        instance: address.runnerId,
        body: { chatId: '15550100001@c.us' },
      },
    ]);
  });

  it('has a fresh command id each time', async () => {
    const { address, script, calls } = newRunner();
    await script({ screenshot: { body: { ok: true, result: { pngBase64: '' } } } });
    await client.command(address, 'screenshot', {});
    await client.command(address, 'screenshot', {});
    const [first, second] = await calls();
    expect(first?.commandId).toMatch(/^cmd_/);
    expect(second?.commandId).not.toBe(first?.commandId);
  });

  it('is tried once more with the same command id when the connection breaks', async () => {
    const { address, script, calls } = newRunner();
    await script({
      screenshot: { body: { ok: true, result: { pngBase64: 'done once' } }, drop: true },
    });

    const answer = await client.command(address, 'screenshot', {});

    expect(answer).toEqual({ pngBase64: 'done once' });
    const [first, second, ...more] = await calls();
    expect(more).toEqual([]);
    expect(second).toMatchObject({ commandId: first?.commandId, repeated: true, refused: null });
  });

  it('fails as UNAVAILABLE when nobody listens', async () => {
    const { address } = newRunner();
    const gone = { ...address, url: 'http://127.0.0.1:9' };
    await expect(client.command(gone, 'screenshot', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unreachable' },
    });
  });

  it('fails as UNAVAILABLE when the runner is of another boot', async () => {
    const { address } = newRunner();
    const stale = { ...address, bootId: 'boot-before' };
    await expect(client.command(stale, 'screenshot', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unauthorized' },
    });
  });

  it.each([
    { name: '500 with a page of text', answer: { status: 500, body: 'oops' } },
    { name: '502 without a body', answer: { status: 502, body: '' } },
    { name: '200 that is not JSON', answer: { body: '<html>' } },
    { name: '200 of another shape', answer: { body: { ok: true, result: { png: 1 } } } },
    { name: 'a redirect', answer: { status: 302, body: {} } },
  ])('fails as UNAVAILABLE on $name', async ({ answer }) => {
    const { address, script } = newRunner();
    await script({ screenshot: answer });
    await expect(client.command(address, 'screenshot', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it.each([
    { runnerSays: 'NOT_SUPPORTED', status: 501, callerHears: 'NOT_SUPPORTED' },
    { runnerSays: 'SESSION_NOT_READY', status: 409, callerHears: 'SESSION_NOT_READY' },
    { runnerSays: 'VALIDATION_ERROR', status: 422, callerHears: 'VALIDATION_ERROR' },
    { runnerSays: 'CONFLICT', status: 409, callerHears: 'CONFLICT' },
    { runnerSays: 'NOT_FOUND', status: 404, callerHears: 'NOT_FOUND' },
    { runnerSays: 'SESSION_NOT_FOUND', status: 404, callerHears: 'UNAVAILABLE' },
    { runnerSays: 'INTERNAL', status: 500, callerHears: 'UNAVAILABLE' },
    { runnerSays: 'NOT_SUPPORTED', status: 200, callerHears: 'NOT_SUPPORTED' },
  ])('refused with $status $runnerSays is $callerHears', async (given) => {
    const { address, script } = newRunner();
    const error = { code: given.runnerSays, message: 'no', details: { why: 'test' } };
    await script({ screenshot: { status: given.status, body: { ok: false, error } } });
    await expect(client.command(address, 'screenshot', {})).rejects.toMatchObject({
      code: given.callerHears,
    });
  });

  it('refused for its epoch is a session changing hands', async () => {
    const { address, script } = newRunner();
    const error = { code: 'CONFLICT', message: 'another epoch', details: { epoch: 9 } };
    await script({ screenshot: { status: 409, body: { ok: false, error } } });
    await expect(client.command(address, 'screenshot', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});

describe.each(rowsOf(COMMANDS))('the command %s', (name, { patienceMs, repeatable, example }) => {
  const inDoubt = repeatable ? {} : { outcome: 'unknown' };

  it('gives the output of its row', async () => {
    const { address, script } = newRunner();
    await script({ [name]: { body: { ok: true, result: example.output } } });
    expect(await client.command(address, name, example.input)).toEqual(example.output);
  });

  it('is UNAVAILABLE when its patience and a little more are over, and is not tried again', async () => {
    const { address, script, calls } = newRunner();
    await script({ [name]: { hang: true } });
    const given: number[] = [];
    const deadline = (ms: number): AbortSignal => {
      given.push(ms);
      return AbortSignal.timeout(100);
    };
    await expect(
      createRunnerClient(env, { deadline }).command(address, name, example.input),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'timeout', ...inDoubt } });
    expect(given).toEqual([patienceMs + 3_000]);
    expect(await calls()).toHaveLength(1);
  });

  it('is UNAVAILABLE when the answer is of another shape', async () => {
    const { address, script } = newRunner();
    await script({ [name]: { body: { ok: true, result: 'nonsense' } } });
    await expect(client.command(address, name, example.input)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unknown_answer', ...inDoubt },
    });
  });
});

it('what waits for something to come up has that long more', async () => {
  const { address, script } = newRunner();
  await script({ qr: { body: { ok: true, result: null } } });
  const given: number[] = [];
  const deadline = (ms: number): AbortSignal => {
    given.push(ms);
    return AbortSignal.timeout(5_000);
  };
  await createRunnerClient(env, { deadline }).command(address, 'qr', { waitMs: 9_000 });
  expect(given).toEqual([COMMANDS.qr.patienceMs + 9_000 + 3_000]);
});

describe('the doorbell and the wake-up call', () => {
  it('rings and passes on how the message ended', async () => {
    const { address, script, calls } = newRunner();
    const settled = { status: 'sent', wireId: '3EB0AA', error: null };
    await script({ doorbell: { body: { settled } } });
    const request = { queueSeq: 3, waitFor: { messageId: 'msg_1', waitMs: 1_000 } };
    expect(await client.doorbell(address, request)).toEqual({ settled });
    expect(await calls()).toMatchObject([
      { path: '/v1/sessions/ses_1/doorbell', body: request, session: 'ses_1', epoch: '7' },
    ]);
  });

  it('wakes a runner without naming a session', async () => {
    const { address, calls } = newRunner();
    const { runnerId, bootId, url } = address;
    await client.wake({ runnerId, bootId, url });
    expect(await calls()).toMatchObject([
      { path: '/v1/wake', session: '-', epoch: '-', refused: null },
    ]);
  });

  it('keeps to one path when the runner has a slash at the end of its URL', async () => {
    const { address, calls } = newRunner();
    await client.wake({ ...address, url: `${address.url}/` });
    expect(await calls()).toMatchObject([{ path: '/v1/wake', refused: null }]);
  });
});
