import { describe, expect, it } from 'vitest';
import type { SignRequestInput } from '../shared/signing/signed-request.ts';
import { BODY_LIMIT_BYTES } from './server.ts';
import { RUNNER_TO_EDGE } from './testing/fake-edge.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();

async function online(): Promise<string> {
  const { edge } = stage();
  const session = edge.addSession();
  await stage().startHere();
  await edge.online(session);
  return session;
}

const engineCalls = (session: string): string[] =>
  stage()
    .whatsapp.engineOf(session)
    .calls.filter((call) => call !== 'start' && call !== 'ping');

const refusal = (code: string, details?: Record<string, unknown>): unknown => ({
  ok: false,
  error: { code, message: expect.any(String), ...(details === undefined ? {} : { details }) },
});

describe('what the runner refuses before the engine is touched', () => {
  it.each<[string, Partial<SignRequestInput>, number, string, Record<string, unknown>]>([
    [
      'another runner',
      { audience: 'runner-2/boot' },
      401,
      'UNAUTHORIZED',
      { reason: 'wrong_audience' },
    ],
    [
      'an earlier boot',
      { audience: 'runner-1/old' },
      401,
      'UNAUTHORIZED',
      { reason: 'wrong_audience' },
    ],
    [
      'the other direction’s key',
      { keys: RUNNER_TO_EDGE },
      401,
      'UNAUTHORIZED',
      { reason: 'unknown_key' },
    ],
    [
      'a forged key',
      { keys: [{ id: 'e1', secret: 'ff'.repeat(32) }] },
      401,
      'UNAUTHORIZED',
      { reason: 'bad_signature' },
    ],
    [
      'an expired one',
      { now: Math.floor(Date.now() / 1000) - 600 },
      401,
      'UNAUTHORIZED',
      { reason: 'expired' },
    ],
    ['another session', { session: 'ses_other' }, 401, 'UNAUTHORIZED', { reason: 'wrong_session' }],
    ['a stale epoch', { epoch: 0 }, 409, 'CONFLICT', { epoch: 1 }],
    ['a future epoch', { epoch: 2 }, 409, 'CONFLICT', { epoch: 1 }],
  ])('a command for %s', async (_, change, status, code, details) => {
    const session = await online();
    const answer = await stage().edge.command(session, 'screenshot', {}, change);
    expect(answer).toEqual({ status, response: refusal(code, details) });
    expect(engineCalls(session)).toEqual([]);
  });

  it('a command without a signature', async () => {
    const session = await online();
    const answer = await fetch(
      `${stage().edge.runner.url}/v1/sessions/${session}/commands/screenshot`,
      {
        method: 'POST',
        body: '{}',
      },
    );
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual(refusal('UNAUTHORIZED', { reason: 'missing' }));
    expect(engineCalls(session)).toEqual([]);
  });

  it('a command whose body, path or epoch was changed on the way', async () => {
    const session = await online();
    const path = `/v1/sessions/${session}/commands/screenshot`;
    const { url } = stage().edge.runner;
    const reasons: unknown[] = [];
    for (const tamper of [
      (request: Request) => new Request(request, { method: 'POST', body: '{"a":1}' }),
      (request: Request) =>
        new Request(`${url}/v1/sessions/${session}/commands/isOnWhatsApp`, {
          method: 'POST',
          headers: request.headers,
          body: '{}',
        }),
      (request: Request) => {
        const changed = new Request(request);
        changed.headers.set('waypost-epoch', '7');
        return changed;
      },
    ]) {
      const { request } = await stage().edge.sign(path, {});
      const answer = await fetch(tamper(request));
      expect(answer.status).toBe(401);
      reasons.push(await answer.json());
    }
    expect(reasons).toEqual([
      refusal('UNAUTHORIZED', { reason: 'bad_digest' }),
      refusal('UNAUTHORIZED', { reason: 'bad_signature' }),
      refusal('UNAUTHORIZED', { reason: 'bad_signature' }),
    ]);
    expect(engineCalls(session)).toEqual([]);
  });

  it('the same request a second time', async () => {
    const session = await online();
    const { request } = await stage().edge.sign(`/v1/sessions/${session}/commands/screenshot`, {});
    const again = request.clone();
    expect((await fetch(request)).status).toBe(200);
    const replayed = await fetch(again);
    expect(replayed.status).toBe(401);
    expect(await replayed.json()).toEqual(refusal('UNAUTHORIZED', { reason: 'replayed' }));
    expect(engineCalls(session)).toEqual(['screenshot']);
  });

  it('a session it does not hold, and asks the edge about it', async () => {
    await online();
    const before = stage().edge.heartbeats.length;
    const answer = await stage().edge.command('ses_none', 'screenshot', {}, { epoch: 1 });
    expect(answer).toEqual({ status: 404, response: refusal('SESSION_NOT_FOUND') });
    await until('a heartbeat', () => stage().edge.heartbeats.length > before);
  });

  it('nothing of a session that is being assigned: the command waits for it', async () => {
    await stage().startHere();
    const { edge } = stage();
    await until('the runner to have nothing', () => edge.heartbeats.length > 0);
    const session = edge.addSession();
    // The edge raises the epoch as it hands the session out, which this very command makes the runner ask for.
    const epoch = edge.session(session).assignment.epoch + 1;
    const { status } = await edge.command(session, 'qr', { waitMs: 0 }, { epoch });
    expect(status).toBe(200);
  });

  it('input that does not fit, commands and routes that are not there, and huge bodies', async () => {
    const session = await online();
    const { edge } = stage();
    const base = `/v1/sessions/${session}`;
    const statusOf = async (path: string, body: unknown): Promise<number> =>
      (await edge.call(path, body)).status;
    expect(await statusOf(`${base}/commands/isOnWhatsApp`, { chatId: 7 })).toBe(422);
    expect(await statusOf(`${base}/commands/toString`, {})).toBe(501);
    expect(await statusOf(`${base}/doorbell`, { queueSeq: 'x' })).toBe(422);
    expect(await statusOf('/v1/nothing', {})).toBe(404);
    expect((await fetch(`${edge.runner.url}/v1/wake`)).status).toBe(405);
    expect(await statusOf('/v1/wake', 'x'.repeat(BODY_LIMIT_BYTES))).toBe(413);
    expect(await statusOf(`${base}/commands/sandbox.scan`, {})).toBe(409);
    expect(engineCalls(session)).toEqual([]);
  });
});

describe('what the runner does', () => {
  it('gives the stored result when a command id comes again', async () => {
    const session = await online();
    const { edge } = stage();
    const first = await edge.command(session, 'screenshot', {}, { commandId: 'cmd_1' });
    const second = await edge.command(session, 'screenshot', {}, { commandId: 'cmd_1' });
    expect(first).toEqual({
      status: 200,
      response: { ok: true, result: { pngBase64: 'iVBORw0KGgo=' } },
    });
    expect(second).toEqual(first);
    expect(engineCalls(session)).toEqual(['screenshot']);
    const other = await edge.command(
      session,
      'isOnWhatsApp',
      { chatId: 'x' },
      { commandId: 'cmd_1' },
    );
    expect(other.status).toBe(409);
    expect(engineCalls(session)).toEqual(['screenshot']);
  });

  it('heartbeats at once when woken', async () => {
    await online();
    const { edge } = stage();
    await until('the heartbeats rest', () => edge.heartbeats.length > 0);
    const before = edge.heartbeats.length;
    expect((await edge.call('/v1/wake', {})).status).toBe(200);
    await until('a heartbeat', () => edge.heartbeats.length > before);
  });

  it('says who it is to anyone', async () => {
    await online();
    const { url, runnerId, bootId } = stage().edge.runner;
    const answer = await fetch(`${url}/health`);
    expect(await answer.json()).toEqual({ runnerId, bootId, sessions: 1 });
  });
});

describe('a sandbox session on a runner without a sandbox', () => {
  it('fails and says why', async () => {
    const { edge } = stage();
    const session = edge.addSession({ mode: 'sandbox', sandboxProfile: 'stock' });
    await stage().startHere();
    await until('it is refused', () => edge.session(session).statuses.at(-1) === 'failed');
    expect(edge.told(session, 'session.status').at(-1)?.reason).toContain('SANDBOX_URL');
    expect(stage().whatsapp.engines).toHaveLength(0);
  });
});
