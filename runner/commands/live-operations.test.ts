import { describe, expect, it } from 'vitest';
import { LIVE_OPERATIONS } from '../../shared/catalogue/live-operations.ts';
import { AppError } from '../../shared/errors.ts';
import { rowsOf } from '../../shared/catalogue/testing/rows-of.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

async function online(): Promise<string> {
  const { edge } = stage();
  const session = edge.addSession();
  await stage().startHere();
  await edge.online(session);
  return session;
}

describe.each(rowsOf(LIVE_OPERATIONS))('the live operation %s', (name, row) => {
  const ask = (session: string, input: unknown = row.example.input) =>
    stage().edge.command(session, name, input);
  const asked = (session: string): number =>
    stage()
      .whatsapp.engineOf(session)
      .calls.filter((call) => call === name).length;

  it('is asked of the engine, with its answer', async () => {
    const session = await online();
    expect(await ask(session)).toEqual({
      status: 200,
      response: { ok: true, result: row.example.output },
    });
    expect(asked(session)).toBe(1);
  });

  it('is refused where the session is not what it needs', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    whatsapp.engineOf(session).emit({ type: 'connection', connected: false, detail: 'TIMEOUT' });
    const offline = await ask(session);
    expect(offline.status).toBe(row.needs === 'online' ? 409 : 200);
    await edge.command(session, 'logout', {});
    const before = asked(session);
    expect(await ask(session)).toMatchObject({
      status: 409,
      response: { ok: false, error: { code: 'SESSION_NOT_READY' } },
    });
    expect(asked(session)).toBe(before);
  });

  it('takes no other input than its row says', async () => {
    const session = await online();
    expect(await ask(session, 'nonsense')).toMatchObject({
      status: 422,
      response: { error: { code: 'VALIDATION_ERROR' } },
    });
    expect(asked(session)).toBe(0);
  });

  it('is refused as WhatsApp refused it', async () => {
    const session = await online();
    const refusal = new AppError('FORBIDDEN', 'Only an admin can do that.', { needs: 'admin' });
    stage().whatsapp.engineOf(session).failure = refusal;
    const { code, message, details } = refusal;
    expect(await ask(session)).toMatchObject({
      status: 403,
      response: { ok: false, error: { code, message, details } },
    });
  });

  it('is UNAVAILABLE when the engine fails, whose own words stay here', async () => {
    const session = await online();
    stage().whatsapp.engineOf(session).failure = new Error('Protocol error: 15550109999');
    const { status, response } = await ask(session);
    expect({ status, response }).toMatchObject({
      status: 503,
      response: { ok: false, error: { code: 'UNAVAILABLE' } },
    });
    expect(JSON.stringify(response)).not.toContain('15550109999');
    await until('it is logged', () =>
      stage().logged.some((line) => /"event":"command".*"outcome":"failed"/.test(line)),
    );
  });
});
