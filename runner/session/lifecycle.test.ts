import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEASE } from '../../shared/protocol/leases.ts';
import { showAction } from '../../shared/session-actions.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { QUICK } from '../testing/harness.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';
import { RESOURCE_TIMING } from './resource-watch.ts';

const OK = { ok: true, result: expect.anything() };

describe('a linked session', () => {
  const stage = useStage();
  const running = (session: string): number => stage().whatsapp.running(session).length;
  const lastStatus = (session: string) => stage().edge.told(session, 'session.status').at(-1);

  async function online(change?: Parameters<ReturnType<typeof stage>['startHere']>[0]) {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere(change);
    await edge.idle(session);
    return session;
  }

  /** Time passes with a heartbeat now and then, or the leases would run out. */
  const pass = async (clock: FakeClock, ms: number): Promise<void> => {
    const { edge } = stage();
    for (let passed = 0; passed < ms; passed += LEASE.heartbeatMs) {
      const before = edge.heartbeats.length;
      await clock.advance(LEASE.heartbeatMs);
      await until('a heartbeat', () => edge.heartbeats.length > before);
    }
  };

  it('is restarted with a new engine, by way of reconnecting', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    const first = whatsapp.engineOf(session);
    expect((await edge.command(session, 'restart', {})).response).toMatchObject(OK);
    await until('a second engine', () => whatsapp.engines.length === 2);
    // It is online in the edge's eyes until the report of the restart arrives.
    await until(
      'it is online again',
      () => edge.session(session).statuses.slice(-2).join() === 'reconnecting,online',
    );
    expect(first.calls).toContain('stop');
    const reasons = edge.told(session, 'session.status').map(({ reason }) => reason);
    expect(reasons).toContain('restart_requested');
    const message = edge.queue(session, 'after it');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    expect(await edge.settled(message)).toBe('sent');
  });

  it('waits with a restart until the send in flight has ended', async () => {
    const { edge, whatsapp } = stage();
    const clock = new FakeClock(Date.now());
    const session = await online({ clock });
    const first = whatsapp.engineOf(session);
    const message = edge.queue(session, '@hang-before');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    await until('it is being sent', () => first.calls.includes('send'));
    const restarted = edge.command(session, 'restart', {});
    await clock.advance(9_000);
    expect(first.calls).not.toContain('stop');
    await until('it is replaced', async () => {
      await clock.advance(500);
      return first.calls.includes('stop');
    });
    expect((await restarted).response).toMatchObject(OK);
  });

  it('is logged out even if WhatsApp does not answer, and says so each time', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    whatsapp.engineOf(session).offline = true;
    for (let time = 0; time < 2; time += 1) {
      const { response } = await edge.command(session, 'logout', {});
      expect(response).toEqual({ ok: true, result: { unlinked: false } });
    }
  });

  it('is unlinked already where the phone has removed it', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    whatsapp.engineOf(session).emit({ type: 'closed', reason: 'unpaired', detail: 'UNPAIRED' });
    await until('it is logged out', () => lastStatus(session)?.status === 'logged_out');
    const { response } = await edge.command(session, 'logout', {});
    expect(response).toEqual({ ok: true, result: { unlinked: true } });
  });

  it('is logged out on request, and starts from nothing when it is asked for a code', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    const first = whatsapp.engineOf(session);
    const { response } = await edge.command(session, 'logout', {});
    expect(response).toEqual({ ok: true, result: { unlinked: true } });
    expect(first.calls).toContain('logout');
    await until('it is said', () => lastStatus(session)?.status === 'logged_out');
    expect(lastStatus(session)?.reason).toBe('logged_out: requested');
    expect(running(session)).toBe(0);
    await edge.call('/v1/wake', {});
    expect(whatsapp.engines).toHaveLength(1);

    await edge.command(session, 'qr', { waitMs: 5_000 });
    await until('a second engine', () => whatsapp.engines.length === 2);
    await until('from the start', () => edge.session(session).statuses.includes('starting'));
  });

  it('never comes back by itself after LOGOUT from the phone, not after an outage either', async () => {
    const { edge, whatsapp } = stage();
    const clock = new FakeClock(Date.now());
    const session = await online({ clock });
    whatsapp.engineOf(session).emit({ type: 'logged_out', reason: 'LOGOUT' });
    await until('it is logged out', () => lastStatus(session)?.status === 'logged_out');
    edge.down.add('heartbeat');
    await clock.advance(60_000);
    edge.down.clear();
    await clock.advance(600_000);
    expect(whatsapp.engines).toHaveLength(1);
    expect(edge.told(session, 'session.reconnect')).toEqual([]);
    const ends = edge.session(session).statuses.filter((status) => status === 'logged_out');
    expect(ends).toHaveLength(1);
  });

  it('reports each attempt to reconnect with its number and time, and reconnects at once when asked', async () => {
    const { edge, whatsapp } = stage();
    const clock = new FakeClock(Date.now());
    const session = await online({
      clock,
      timing: { ...QUICK, retry: { baseMs: 10_000, maxMs: 60_000 } },
    });
    whatsapp.engineOf(session).crash();
    const [first] = await until('the first try is told', () => {
      const told = edge.told(session, 'session.reconnect');
      return told.length === 1 && told;
    });
    expect(first).toEqual({
      kind: 'session.reconnect',
      attempt: 1,
      delayMs: 5_000,
      nextAt: clock.now() + 5_000,
      reason: 'crashed: the fake browser crashed',
    });
    expect(whatsapp.engines).toHaveLength(1);
    expect((await edge.command(session, 'reconnect', {})).response).toMatchObject(OK);
    await until('a second engine', () => whatsapp.engines.length === 2);
    await edge.online(session);
    await clock.advance(10_000);
    expect(whatsapp.engines).toHaveLength(2);
  });

  it.each([
    { apartMs: 0, attempts: [1, 2], status: 'failed' },
    { apartMs: 60_000, attempts: [1, 1], status: 'reconnecting' },
  ])(
    'crashes $apartMs ms apart are the tries $attempts of one row, and it is $status',
    async ({ apartMs, attempts, status }) => {
      const { edge, whatsapp } = stage();
      const clock = new FakeClock(Date.now());
      const session = await online({
        clock,
        timing: { ...QUICK, giveUpAfter: 2, giveUpWithinMs: 60_000 },
      });
      whatsapp.engineOf(session).crash();
      await until('a second engine', async () => {
        await clock.advance(20);
        return whatsapp.engines.length === 2;
      });
      await edge.online(session);
      await pass(clock, apartMs);
      whatsapp.engineOf(session).crash();
      const tries = () => edge.told(session, 'session.reconnect').map(({ attempt }) => attempt);
      await until('both are told', () => tries().length === 2);
      await until('its end is told', () => edge.session(session).statuses.at(-1) === status);
      expect(tries()).toEqual(attempts);
    },
  );

  it('does nothing on reconnect while it is online', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    expect((await edge.command(session, 'reconnect', {})).response).toMatchObject(OK);
    expect(whatsapp.engines).toHaveLength(1);
    expect(edge.session(session).statuses.at(-1)).toBe('online');
  });

  it.each(['dismiss_dialog', 'passkey_required', 'passkey_confirmation_required'] as const)(
    'asks for a person: %s',
    async (action) => {
      const { edge, whatsapp } = stage();
      const session = await online();
      whatsapp.engineOf(session).emit({ type: 'action_required', action });
      await until('it is said', () => lastStatus(session)?.status === 'action_required');
      expect(lastStatus(session)).toMatchObject({ action, reason: `action_required: ${action}` });
      expect(showAction(action).advice).toMatch(/restart|pairing-code/);
      await edge.command(session, 'restart', {});
      await edge.online(session);
      expect(lastStatus(session)).not.toHaveProperty('action');
    },
  );

  it('is replaced when it grew past its limit: the biggest first, one at a time', async () => {
    const { edge, whatsapp } = stage();
    const clock = new FakeClock(Date.now());
    stage().extraEnv = { RUNNER_SESSION_MEMORY_LIMIT_MB: '500' };
    const [small, big, bigger] = [edge.addSession(), edge.addSession(), edge.addSession()];
    await stage().startHere({ clock });
    const megabytes = (count: number) => ({
      processes: 8,
      rssBytes: count * 2 * 1024 * 1024,
      pssBytes: count * 1024 * 1024,
      cpuMs: 1_000,
    });
    for (const [session, count] of [
      [small, 400],
      [big, 600],
      [bigger, 700],
    ] as const) {
      await edge.idle(session);
      whatsapp.engineOf(session).taken = megabytes(count);
    }
    await pass(clock, RESOURCE_TIMING.everyMs);
    const restarts = () =>
      [small, big, bigger].map(
        (session) =>
          edge.told(session, 'session.status').filter(({ reason }) => reason.startsWith('memory'))
            .length,
      );
    await until('the biggest is replaced', () => restarts().join('') === '001');
    expect(lastStatus(bigger)?.reason).toMatch(/^(memory: 700 MB of 500 MB|ready)$/);
    await pass(clock, RESOURCE_TIMING.everyMs);
    await until('the other one, at the next look', () => restarts().join('') === '011');
    const measured = await until('it is measured', async () => {
      await pass(clock, LEASE.heartbeatMs);
      return edge.heartbeats
        .flatMap(({ sessions }) => sessions)
        .find(({ sessionId, metrics }) => sessionId === small && metrics?.cpuPercent === 0)
        ?.metrics;
    });
    expect(measured).toEqual({ ...megabytes(400), cpuMs: undefined, cpuPercent: 0, pageErrors: 0 });
    expect(edge.heartbeats.at(-1)?.pid).toBe(process.pid);
  });

  it('leaves no engine, folder or session behind when start, stop and delete race', async () => {
    const { edge, whatsapp } = stage();
    const runner = await stage().startHere();
    await until('a heartbeat', () => edge.heartbeats.length > 0);
    const acts = ['stop', 'start', 'restart', 'logout', 'reconnect', 'delete'] as const;
    const race = async (round: number): Promise<void> => {
      const session = edge.addSession();
      const known = edge.session(session);
      const woken = edge.call('/v1/wake', {});
      if (round % 4 === 0) await edge.online(session);
      await Promise.all(
        acts.map(async (_act, index) => {
          const act = acts[(index * 5 + round) % acts.length] ?? 'stop';
          if (act === 'stop') known.wanted = false;
          else if (act === 'start') {
            known.wanted = true;
            known.owner = null;
          } else if (act === 'delete') edge.sessions.delete(session);
          else return edge.command(session, act, {}).catch(() => undefined);
          return edge.call('/v1/wake', {});
        }),
      );
      await woken;
      edge.sessions.delete(session);
    };
    for (let first = 0; first < 200; first += 20)
      await Promise.all(Array.from({ length: 20 }, (_, index) => race(first + index)));
    await until('no engine is up', async () => {
      await edge.call('/v1/wake', {});
      return whatsapp.engines.every(({ up }) => !up);
    });
    const folders = join(stage().dataDir, 'data/sessions');
    await until(
      'no folder is left',
      () => !existsSync(folders) || readdirSync(folders).length === 0,
    );
    await until('nothing is heartbeated', async () => {
      await edge.call('/v1/wake', {});
      return edge.heartbeats.at(-1)?.sessions.length === 0;
    });
    expect(runner.runnerId).toBe('runner-1');
    expect(stage().logged.join('')).not.toContain('lane_failed');
  }, 60_000);
});
