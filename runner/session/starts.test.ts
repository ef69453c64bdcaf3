import { describe, expect, it } from 'vitest';
import type { EngineFactory } from '../engine/port.ts';
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
