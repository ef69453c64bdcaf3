import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import type { EngineFactory } from '../engine/port.ts';
import { fakeHost } from '../engine/testing/fake-host.ts';
import { reapStrayBrowsers } from '../engine/wwebjs/stray-browsers.ts';
import { readProcess } from '../supervisor/process-table.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

/** Ways of the fake engine into the hands of a test: `onStart` may hold a start up. */
const watched = (onStart: (sessionId: string) => void | Promise<void>): EngineFactory => {
  const { factory } = stage().whatsapp;
  return (options, emit) => {
    const engine = factory(options, emit);
    const start = engine.start.bind(engine);
    engine.start = async () => {
      await onStart(options.sessionId);
      await start();
    };
    return engine;
  };
};

describe('a start is on record before the profile is opened', () => {
  it('so that no engine starts while the edge does not say so', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    let refused = 0;
    edge.notThisBeat = ({ sessions }) => {
      const starting = sessions.some(({ started }) => started);
      if (starting) refused += 1;
      return starting;
    };
    const recorded: (number | undefined)[] = [];
    const engineFactory = watched((id) => {
      recorded.push(edge.session(id).assignment.lastStarted?.epoch);
    });
    await stage().startHere({ engineFactory, ownership: { heartbeatMs: 200 } });
    await until('it was refused twice', () => refused >= 2);
    expect(recorded).toEqual([]);
    edge.notThisBeat = () => false;
    await edge.online(session);
    expect(recorded).toEqual([1]);
  });

  it('with one call for many sessions', async () => {
    const { edge } = stage();
    const sessions = Array.from({ length: 10 }, () => edge.addSession());
    await stage().startHere();
    await Promise.all(sessions.map((session) => edge.online(session)));
    const telling = edge.heartbeats.filter(({ sessions }) => sessions.some((one) => one.started));
    expect(telling.length).toBeLessThanOrEqual(3);
  });

  it('and once an epoch: a crash does not ask again', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    edge.notThisBeat = () => true;
    whatsapp.engineOf(session).crash();
    await until('it runs again', () => whatsapp.running(session).length === 1);
    expect(whatsapp.engines).toHaveLength(2);
  });
});

describe('many sessions that start together', () => {
  it('start three at a time, while the runner answers', async () => {
    const { edge } = stage();
    const sessions = Array.from({ length: 20 }, () => edge.addSession());
    const held: (() => void)[] = [];
    let starting = 0;
    let most = 0;
    const engineFactory = watched(async () => {
      starting += 1;
      most = Math.max(most, starting);
      await new Promise<void>((resolve) => held.push(resolve));
      starting -= 1;
    });
    stage().extraEnv = { RUNNER_MAX_SESSIONS: '20' };
    await stage().startHere({ engineFactory });
    await until('three start', () => starting === 3);
    expect(edge.heartbeats.at(-1)?.startRoom).toBe(0);
    expect((await fetch(`${edge.runner.url}/health`)).status).toBe(200);
    const waiting = sessions.at(-1) ?? '';
    expect((await edge.command(waiting, 'qr', { waitMs: 0 })).status).toBe(200);
    const isOnline = (session: string): boolean =>
      edge.session(session).statuses.at(-1) === 'online';
    await until('all are online', () => {
      held.shift()?.();
      return sessions.every(isOnline);
    });
    expect(most).toBe(3);
    await edge.call('/v1/wake', {});
    await until('there is room again', () => edge.heartbeats.at(-1)?.startRoom === 3);
  });
});

it('a runner whose sessions have all come up asks for more at once', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  await stage().startHere({ ownership: { heartbeatMs: 60_000 } });
  await until('it has said that there is room again', () =>
    edge.heartbeats.some(
      ({ startRoom, sessions }) =>
        startRoom === 3 && sessions.some(({ sessionId }) => sessionId === session),
    ),
  );
  expect(edge.heartbeats.length).toBeLessThanOrEqual(4);
});

describe('a runner that drains', () => {
  it('gives each lease back as soon as its engine is closed and its reports are told', async () => {
    const { edge, whatsapp } = stage();
    const sessions = [edge.addSession(), edge.addSession()];
    stage().extraEnv = { RUNNER_DRAIN_SECONDS: '290' };
    const runner = await stage().startHere();
    await Promise.all(sessions.map((session) => edge.idle(session)));
    const messages = sessions.map((session) => edge.queue(session, '@hang-before first'));
    const behind = sessions.map((session) => edge.queue(session, 'behind it'));
    await edge.call('/v1/wake', {});
    await until('both hang', () =>
      sessions.every((session) => whatsapp.engineOf(session).calls.includes('send')),
    );
    // One ends by itself, the other when there is no more time.
    const [first = '', second = ''] = sessions;
    const stopped = runner.stop();
    whatsapp.engineOf(first).crash();
    const released = (): string[] =>
      edge.heartbeats.flatMap((beat) => beat.released?.map(({ sessionId }) => sessionId) ?? []);
    await until('the first is given back', () => released().includes(first));
    expect(edge.session(first).owner).toBeNull();
    expect(released()).not.toContain(second);
    expect(behind[0]?.status).toBe('queued');

    const hurried = runner.hurry();
    await until('the second is given back', () => released().includes(second));
    expect(whatsapp.engineOf(second).killed).toBe(true);
    await Promise.all([stopped, hurried]);
    expect(edge.heartbeats.at(-1)).toMatchObject({ draining: true, sessions: [] });
    expect(messages.map(({ status }) => status)).toEqual(['sending', 'sending']);
    expect(stage().wire()).toEqual([]);
  });

  it('ends within its time, whatever hangs', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    stage().extraEnv = { RUNNER_DRAIN_SECONDS: '1' };
    const runner = await stage().startHere();
    await edge.idle(session);
    edge.queue(session, '@hang-before');
    await edge.call('/v1/wake', {});
    await until('it hangs', () => whatsapp.engineOf(session).calls.includes('send'));
    edge.down.add('reports').add('heartbeat');
    await runner.stop();
    expect(whatsapp.engineOf(session).up).toBe(false);
  });

  it('hurries at the second signal', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    // The send alone would be waited for longer than this test may take.
    stage().extraEnv = { RUNNER_DRAIN_SECONDS: '290' };
    const child = await stage().spawn();
    await edge.idle(session);
    edge.queue(session, '@hang-before');
    await edge.call('/v1/wake', {});
    await until('it is claimed', () => edge.claims.length === 1);
    child.kill('SIGTERM');
    await until('it drains', () => edge.heartbeats.some(({ draining }) => draining));
    expect(await stage().kill('SIGTERM')).toBe(0);
    expect(edge.session(session).owner).toBeNull();
  });
});

describe('a runner that drains in a hurry', () => {
  it('gives back what it had claimed and not begun, before it gives back the lease', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    stage().extraEnv = { RUNNER_DRAIN_SECONDS: '290' };
    const runner = await stage().startHere();
    await edge.idle(session);
    const begun = edge.queue(session, '@hang-before first');
    const behind = [edge.queue(session, 'second'), edge.queue(session, 'third')];
    await edge.call('/v1/wake', {});
    await until('it hangs', () => whatsapp.engineOf(session).calls.includes('send'));
    expect(behind.map(({ status }) => status)).toEqual(['sending', 'sending']);
    // The edge takes no report for a moment: long enough for a lease to be given back too early.
    edge.down.add('reports');
    const ended = runner.hurry();
    await until('the browser is dead', () => whatsapp.engineOf(session).killed);
    await until('it has said so', () => edge.heartbeats.some(({ draining }) => draining));
    expect(edge.session(session).owner).not.toBeNull();
    edge.down.delete('reports');
    await until('the lease is given back', () => edge.session(session).owner === null);
    expect(behind.map(({ status }) => status)).toEqual(['queued', 'queued']);
    await ended;
    expect(begun.status).toBe('sending');
  });

  it('gives back what the edge was handing out at that moment', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const runner = await stage().startHere();
    await edge.idle(session);
    const answer = Promise.withResolvers<void>();
    edge.beforeClaimAnswer = () => answer.promise;
    const message = edge.queue(session, 'claimed and never seen');
    await edge.call('/v1/wake', {});
    await until('it is claimed', () => message.status === 'sending');
    const ended = runner.hurry();
    await until('it drains', () => edge.heartbeats.some(({ draining }) => draining));
    answer.resolve();
    await ended;
    expect(message.status).toBe('queued');
    expect(stage().wire()).toEqual([]);
  });

  it('keeps the lease when it cannot say what it did not begin: it runs out, as that of a dead runner', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    stage().extraEnv = { RUNNER_DRAIN_SECONDS: '4' };
    const runner = await stage().startHere();
    await edge.idle(session);
    edge.queue(session, '@hang-before first');
    const behind = edge.queue(session, 'second');
    await edge.call('/v1/wake', {});
    await until('it hangs', () => whatsapp.engineOf(session).calls.includes('send'));
    edge.down.add('reports');
    await runner.hurry();
    expect(edge.session(session).owner).not.toBeNull();
    expect(edge.heartbeats.flatMap(({ released }) => released ?? [])).toEqual([]);

    // What it had to say is on its disk: the next boot says it first.
    edge.down.delete('reports');
    stage().runner = null;
    await stage().startHere();
    expect(await edge.settled(behind)).toBe('sent');
    expect(stage().wire()).toHaveLength(1);
  });
});

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

  it('is believed in the order of the questions', async () => {
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

describe('a data directory', () => {
  it('is for one runner at a time, and free again when that one is dead', async () => {
    const child = await stage().spawn();
    await expect(stage().startHere()).rejects.toThrow('WWEBJS_DATA_DIR');
    expect(child.exitCode).toBeNull();
    await stage().kill('SIGKILL');
    const runner = await stage().startHere();
    await runner.stop();
    stage().runner = null;
    await stage().startHere();
  });

  it('is freed of browsers that an earlier runner left, and of no others', async () => {
    const profile = join(stage().dataDir, 'data/sessions/ses_left/profile');
    mkdirSync(profile, { recursive: true });
    const browser = (dir: string) =>
      spawn(
        process.execPath,
        ['-e', 'setInterval(() => {}, 1000)', '--', `--user-data-dir=${dir}`, '--headless'],
        { detached: true, stdio: 'ignore' },
      );
    const [left, others] = [browser(profile), browser(`${stage().dataDir}/elsewhere`)];
    // A lock whose pid is somebody else's by now.
    symlinkSync(`${hostname()}-${process.pid}`, join(profile, 'SingletonLock'));
    try {
      await until('both run', () =>
        [left, others].every(({ pid }) =>
          readProcess(pid ?? 0)?.command.includes('--user-data-dir'),
        ),
      );
      await stage().startHere({ hosts: { wwebjs: { ...fakeHost(), reap: reapStrayBrowsers } } });
      expect(readProcess(left.pid ?? 0)).toBeNull();
      expect(readProcess(others.pid ?? 0)).not.toBeNull();
      expect(stage().logged.join('')).toContain('runner.stray_engines');
    } finally {
      left.kill('SIGKILL');
      others.kill('SIGKILL');
    }
  });
});
