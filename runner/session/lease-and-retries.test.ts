import { describe, expect, it } from 'vitest';
import { LEASE } from '../../shared/protocol/leases.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { QUICK } from '../testing/harness.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

describe('a session under a clock of its own', () => {
  const stage = useStage();

  it('kills its engine 20 s after the last good heartbeat was sent, and comes back when the edge does', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock });
    await edge.online(session);
    const engine = whatsapp.engineOf(session);
    edge.down.add('heartbeat');
    await clock.advance(LEASE.selfFenceMs - 1);
    expect(engine.killed).toBe(false);
    await clock.advance(1);
    expect(engine.killed).toBe(true);
    expect(engine.calls).not.toContain('logout');

    const message = edge.queue(session, 'after the outage');
    edge.down.clear();
    await clock.advance(LEASE.heartbeatMs);
    await until('a new engine', async () => {
      await clock.advance(1_000);
      return whatsapp.engines.length === 2;
    });
    expect(await edge.settled(message)).toBe('sent');
  });

  it('claims nothing once its lease is over', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock });
    await edge.idle(session);
    edge.down.add('heartbeat');
    await clock.advance(LEASE.selfFenceMs);
    const message = edge.queue(session, 'not ours');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    await clock.advance(5_000);
    expect(edge.claims).toEqual([]);
    expect(stage().wire()).toEqual([]);
  });

  it('claims nothing after its event loop hung past the lease, before any timer ran', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock });
    await edge.idle(session);
    edge.down.add('heartbeat');
    clock.jump(LEASE.selfFenceMs);
    const message = edge.queue(session, 'not ours');
    await edge.call(`/v1/sessions/${session}/doorbell`, {
      queueSeq: message.queueSeq,
    });
    await clock.advance(0);
    await edge.call('/v1/wake', {});
    expect(edge.claims).toEqual([]);
  });

  it('replaces an engine that answers no ping', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    const liveness = { everyMs: 1_000, deadlineMs: 500, failures: 3 };
    await stage().startHere({ clock, timing: { ...QUICK, liveness } });
    await edge.online(session);
    const engine = whatsapp.engineOf(session);
    await clock.advance(1_000);
    engine.frozen = true;
    await clock.advance(2 * 1_500);
    expect(engine.killed).toBe(false);
    await clock.advance(1_500);
    expect(engine.killed).toBe(true);
    await until('a new engine', async () => {
      await clock.advance(100);
      return whatsapp.engines.length === 2;
    });
  });

  it('pauses longer from crash to crash, then is failed and tried seldom', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    const timing = { retry: { baseMs: 1_000, maxMs: 8_000 }, giveUpAfter: 3, slowRetryMs: 60_000 };
    await stage().startHere({ clock, timing });
    await edge.online(session);
    for (const [pause, engines] of [
      [500, 2],
      [1_000, 3],
    ] as const) {
      whatsapp.engineOf(session).crash();
      await clock.advance(pause - 1);
      expect(whatsapp.engines).toHaveLength(engines - 1);
      await until(`engine ${engines}`, async () => {
        await clock.advance(1);
        return whatsapp.engines.length === engines;
      });
    }
    whatsapp.engineOf(session).crash();
    await until('it is failed', () => edge.session(session).statuses.at(-1) === 'failed');
    await clock.advance(10_000);
    expect(whatsapp.engines).toHaveLength(3);
    await until('it is tried again', async () => {
      await clock.advance(1_000);
      return whatsapp.engines.length === 4;
    });
  });

  it('tries a failed session again after an outage of the edge', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, timing: { giveUpAfter: 1 } });
    await edge.online(session);
    whatsapp.engineOf(session).crash();
    await until('it is failed', () => edge.session(session).statuses.at(-1) === 'failed');
    edge.down.add('heartbeat');
    await clock.advance(LEASE.selfFenceMs);
    expect(whatsapp.engines).toHaveLength(1);
    edge.down.clear();
    await until('it is tried again', async () => {
      await clock.advance(1_000);
      return whatsapp.engines.length === 2;
    });
  });
});
