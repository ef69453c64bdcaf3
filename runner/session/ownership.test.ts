import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

describe('a wall clock that is five minutes off', () => {
  it.each([-300_000, 300_000])('by %i ms: never owns anything, and is told why', async (offMs) => {
    const { edge } = stage();
    const session = edge.addSession();
    const clock = { ...systemClock, now: () => Date.now() + offMs };
    await stage().startHere({ clock, ownership: { heartbeatMs: 100 } });
    await until('it was refused', () => edge.refusedSignatures.length > 0);
    expect(new Set(edge.refusedSignatures)).toEqual(new Set(['heartbeat: expired']));
    expect(edge.session(session).owner).toBeNull();
    await until('it was refused often', () => edge.refusedSignatures.length > 5);
    const said = stage().logged.filter((line) => line.includes('runner.clock_wrong'));
    expect(said).toHaveLength(1);
    const { skewSeconds } = z.object({ skewSeconds: z.number() }).parse(JSON.parse(said[0] ?? ''));
    expect(Math.abs(skewSeconds - offMs / 1_000)).toBeLessThanOrEqual(1);
  });

  it('while it owns: ends by the deadline, not before; and comes back with the right time', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    let offMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + offMs };
    edge.leaseMs = 2_000;
    await stage().startHere({ clock, ownership: { heartbeatMs: 200, fenceMarginMs: 1_000 } });
    await edge.online(session);
    const engine = whatsapp.engineOf(session);
    offMs = 300_000;
    await until('it is refused', () => edge.refusedSignatures.includes('heartbeat: expired'));
    expect(engine.up).toBe(true);
    await until('it is fenced', () => engine.killed);
    const { epoch } = edge.session(session).assignment;
    const command = await edge.command(session, 'screenshot', {});
    expect(command).toMatchObject({
      status: 401,
      response: { ok: false, error: { code: 'UNAUTHORIZED', details: { reason: 'expired' } } },
    });
    offMs = 0;
    await until('it runs again', () => whatsapp.running(session).length === 1);
    expect(edge.session(session).assignment.epoch).toBe(epoch);
    const of = (event: string) => stage().logged.filter((line) => line.includes(event)).length;
    expect([of('runner.clock_wrong'), of('runner.clock_right')]).toEqual([1, 1]);
  });
});

describe('an edge that answers late', () => {
  it('costs no session its browser: an answer counts while its lease runs', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    // Fenced 2 s after a heartbeat was sent whose answer comes: one at a time they would be too few.
    edge.leaseMs = 3_000;
    await stage().startHere({ ownership: { heartbeatMs: 200, fenceMarginMs: 1_000 } });
    await edge.online(session);
    let late = 0;
    edge.beforeBeatAnswer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      late += 1;
    };
    await until('many answers came late', () => late >= 8);
    expect(edge.session(session).statuses).not.toContain('reconnecting');
    expect(whatsapp.engines).toHaveLength(1);
  });

  it('has its answers applied in the order of the requests', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere({ ownership: { heartbeatMs: 100 } });
    await edge.online(session);
    const release = Promise.withResolvers<void>();
    const freed = Promise.withResolvers<void>();
    edge.session(session).wanted = false;
    edge.beforeBeatAnswer = async () => {
      // The only one that says "stopped": by the next it is wanted again.
      edge.session(session).wanted = true;
      edge.beforeBeatAnswer = async () => undefined;
      await release.promise;
      freed.resolve();
    };
    const before = edge.heartbeats.length;
    await until('later ones are answered', () => edge.heartbeats.length > before + 3);
    release.resolve();
    await freed.promise;
    const then = edge.heartbeats.length;
    await until('life goes on', () => edge.heartbeats.length > then + 3);
    expect(whatsapp.engines).toHaveLength(1);
    expect(edge.session(session).statuses).not.toContain('disconnected');
  });
});
