import { describe, expect, it } from 'vitest';
import { LEASE } from '../../shared/protocol/leases.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';
import { SESSION_TIMING } from './timing.ts';

describe('an engine that is linked and never ready', () => {
  const stage = useStage({ autoLink: false });

  it('is replaced within 90 s; from anew where its page is loaded anew', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, timing: {} });
    await until('a code', () => edge.told(session, 'session.qr').length === 1);
    const engine = whatsapp.engineOf(session);
    /** With a heartbeat now and then, or the lease would run out. */
    const pass = async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= LEASE.heartbeatMs) {
        const before = edge.heartbeats.length;
        await clock.advance(Math.min(left, LEASE.heartbeatMs));
        if (left >= LEASE.heartbeatMs)
          await until('a heartbeat', () => edge.heartbeats.length > before);
      }
    };
    engine.emit({ type: 'authenticated' });
    await pass(60_000);
    engine.emit({ type: 'authenticated' });
    await pass(SESSION_TIMING.readyMs - 1_000);
    expect(engine.killed).toBe(false);
    await pass(1_000);
    expect(engine.killed).toBe(true);
    const why = 'unresponsive: authenticated, and never ready';
    await until('the edge is told why', () =>
      edge.told(session, 'session.status').some(({ reason }) => reason === why),
    );
    expect(SESSION_TIMING.readyMs).toBeLessThanOrEqual(90_000);
  });
});

describe('a code that nobody scans', () => {
  const stage = useStage({ autoLink: false });

  async function showsCode() {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    stage().extraEnv = { QR_TIMEOUT_MINUTES: '0.1' };
    await stage().startHere({ clock });
    await until('a code', () => edge.told(session, 'session.qr').length === 1);
    return { clock, edge, session, engine: whatsapp.engineOf(session) };
  }

  it('ends the session after QR_TIMEOUT_MINUTES, however many codes were shown', async () => {
    const { clock, edge, session, engine } = await showsCode();
    await clock.advance(4_000);
    engine.emit({ type: 'qr', qr: '2@the-next', expiresAt: clock.now() + 20_000 });
    engine.showCode();
    await clock.advance(1_999);
    expect(engine.calls).not.toContain('stop');
    await clock.advance(1);
    expect(engine.calls).toContain('stop');
    await until('the edge is told why', () =>
      edge
        .told(session, 'session.status')
        .some(({ status, reason }) => status === 'disconnected' && reason === 'qr_timeout'),
    );
  });

  it('is forgotten once a phone is linked', async () => {
    const { clock, edge, session, engine } = await showsCode();
    await clock.advance(5_000);
    engine.scan();
    await edge.online(session);
    await clock.advance(6_000);
    expect(edge.session(session).statuses.at(-1)).toBe('online');
  });
});

describe('a sign of the phone', () => {
  const stage = useStage();

  it('is told to the edge, at most once an hour', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    const engine = whatsapp.engineOf(session);
    const start = Date.now();
    const minute = 60_000;
    const seen = (minutes: number): void =>
      engine.emit({ type: 'phone_seen', at: start + minutes * minute });
    for (const minutes of [0, 1, 59, 60, 61, 30, 119, 200]) seen(minutes);
    const told = () => edge.told(session, 'phone.seen').map(({ at }) => (at - start) / minute);
    await until('the last one is told', () => told().includes(200));
    expect(told()).toEqual([0, 60, 200]);
  });
});
