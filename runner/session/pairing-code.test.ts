import { describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

describe('a session that is not linked', () => {
  const stage = useStage({ autoLink: false });
  const PHONE = '15550001234';

  async function started() {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await until('a heartbeat', () => edge.heartbeats.length > 0);
    return session;
  }

  it('shows a code to type, the same until it changes, and keeps it out of log and disk', async () => {
    const { edge, whatsapp } = stage();
    const session = await started();
    const ask = (phone = PHONE) => edge.command(session, 'pairingCode', { phone, waitMs: 5_000 });
    const { response } = await ask();
    expect(response).toEqual({
      ok: true,
      result: { code: 'FAKE0001', expiresAt: expect.any(Number) },
    });
    expect((await ask()).response).toEqual(response);
    await until('it is said', () => edge.session(session).statuses.at(-1) === 'pairing_code');
    const engine = whatsapp.engineOf(session);
    engine.emit({ type: 'qr', qr: '2@rotated', expiresAt: Date.now() + 20_000 });
    engine.showCode();
    await until(
      'the new code is said',
      () => edge.told(session, 'session.pairing_code').length === 2,
    );
    expect((await ask()).response).toMatchObject({ result: { code: 'FAKE0002' } });
    expect(edge.session(session).statuses.at(-1)).toBe('pairing_code');
    expect(stage().logged.join('')).not.toContain('FAKE000');
    engine.scan();
    await edge.online(session);
    expect((await ask()).response).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
  });

  it('says why WhatsApp gives no code', async () => {
    const { edge } = stage();
    const session = await started();
    const { status, response } = await edge.command(session, 'pairingCode', {
      phone: '19990001234',
      waitMs: 5_000,
    });
    expect(status).toBe(422);
    expect(response).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: { whatsapp: 'not on WhatsApp' } },
    });
    await until('it shows its QR code', () => edge.session(session).statuses.at(-1) === 'qr');
  });

  it('shows one code to many who ask at once', async () => {
    const { edge, whatsapp } = stage();
    const session = await started();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        edge.command(session, 'pairingCode', { phone: PHONE, waitMs: 5_000 }),
      ),
    );
    expect(new Set(answers.map(({ response }) => JSON.stringify(response))).size).toBe(1);
    expect(whatsapp.engineOf(session).codes).toBe(1);
  });
});
