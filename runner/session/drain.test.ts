import { describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

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

describe('a runner that drains, and is assigned a session at that moment', () => {
  it('gives it back at once, without having begun anything of it', async () => {
    const { edge, whatsapp } = stage();
    const runner = await stage().startHere();
    await until('it beats', () => edge.heartbeats.length > 0);
    const answer = Promise.withResolvers<void>();
    edge.beforeBeatAnswer = () => answer.promise;
    const session = edge.addSession();
    await until('it is assigned', () => edge.session(session).owner !== null);
    const stopped = runner.stop();
    answer.resolve();
    await stopped;
    expect(edge.session(session).owner).toBeNull();
    expect(whatsapp.engines).toEqual([]);
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
