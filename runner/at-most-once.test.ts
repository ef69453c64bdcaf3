import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

const journalHas = (session: string, messageId: string): boolean => {
  try {
    const path = join(stage().dataDir, 'data', 'journal', `${session}.jsonl`);
    return readFileSync(path, 'utf8').includes(messageId);
  } catch {
    return false;
  }
};

describe('a runner killed with -9', () => {
  it('between claim and begin: the message is sent once, by the next boot', async () => {
    const { edge } = stage();
    const session = edge.addSession({ pacing: { minIntervalMs: 3_600_000, jitterMs: 0 } });
    const first = edge.queue(session, 'first');
    const second = edge.queue(session, 'second');
    await stage().spawn();
    expect(await edge.settled(first)).toBe('sent');
    await until('the second is claimed', () => second.status === 'sending');
    expect(journalHas(session, second.messageId)).toBe(false);
    await stage().kill();

    await stage().spawn();
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['first', 'second']);
    expect(edge.told(session, 'message.settled').map(({ outcome }) => outcome)).toEqual([
      'sent',
      'not_begun',
      'sent',
    ]);
  });

  it('between begin and the wire: the message is unknown and never sent', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const message = edge.queue(session, '@hang-before the wire');
    await stage().spawn();
    await until('it is begun', () => journalHas(session, message.messageId));
    await stage().kill();

    const next = edge.queue(session, 'next');
    await stage().spawn();
    expect(await edge.settled(message)).toBe('unknown');
    expect(await edge.settled(next)).toBe('sent');
    expect(texts()).toEqual(['next']);
  });

  it('between the wire and the report: the message is sent, once', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const message = edge.queue(session, '@hang-after the wire');
    await stage().spawn();
    await until('it is on the wire', () => texts().length === 1);
    await stage().kill();

    await stage().spawn();
    expect(await edge.settled(message)).toBe('sent');
    expect(texts()).toEqual(['@hang-after the wire']);
  });

  it('between the report on the disk and the edge’s answer: the report comes from the spool', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().spawn();
    await edge.online(session);
    edge.down.add('reports');
    const message = edge.queue(session, 'hello');
    await edge.call(`/v1/sessions/${session}/doorbell`, {
      queueSeq: message.queueSeq,
      waitFor: { messageId: message.messageId, waitMs: 10_000 },
    });
    const { bootId } = edge.runner;
    await stage().kill();
    expect(message.status).toBe('sending');

    edge.down.clear();
    await stage().spawn();
    expect(await edge.settled(message)).toBe('sent');
    expect(texts()).toEqual(['hello']);
    const settled = edge.reports.find(({ report }) => report.kind === 'message.settled');
    expect(settled?.bootId).toBe(bootId);
    await until('the next boot speaks', () => edge.runner.bootId !== bootId);
  });

  it('with several sends unacknowledged: each is looked up, and what was not begun is sent once, in order', async () => {
    const { edge } = stage();
    stage().extraEnv = { RUNNER_UNACKED_SENDS: '8' };
    const session = edge.addSession();
    const words = ['@accepted a', '@accepted b', '@hang-after c', 'd', 'e'];
    const all = words.map((text) => edge.queue(session, text));
    await stage().spawn();
    await until('three are on the wire', () => texts().length === 3);
    await stage().kill();

    await stage().spawn();
    const ends = await Promise.all(all.map((message) => edge.settled(message)));
    expect(ends).toEqual(['unknown', 'unknown', 'sent', 'sent', 'sent']);
    expect(texts()).toEqual(words);
  });

  it.each([
    { unacked: '1', pacing: { minIntervalMs: 15, jitterMs: 0 } },
    { unacked: '8', pacing: { minIntervalMs: 0, jitterMs: 0 } },
  ])(
    'again and again while it sends, $unacked at a time: nothing is sent twice, and nothing stays in doubt',
    async ({ unacked, pacing }) => {
      const { edge } = stage();
      stage().extraEnv = { RUNNER_UNACKED_SENDS: unacked };
      const session = edge.addSession({ pacing });
      const all = Array.from({ length: 60 }, (_, index) => edge.queue(session, `text ${index}`));
      for (const upTo of [5, 20, 35]) {
        await stage().spawn();
        await until(`${upTo} are on the wire`, () => texts().length >= upTo);
        await stage().kill();
      }
      await stage().spawn();
      const ends = await Promise.all(all.map((message) => edge.settled(message)));
      const wire = stage().wire();
      expect(new Set(wire.map(({ wireId }) => wireId)).size).toBe(wire.length);
      expect(ends.filter((end) => end !== 'sent').every((end) => end === 'unknown')).toBe(true);
      expect(ends.filter((end) => end === 'sent')).toHaveLength(wire.length);
      const order = texts().map((text) => Number(text.split(' ')[1]));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    },
  );
});

describe('a runner that is told to stop', () => {
  it('ends the send in flight, gives back what it claimed, hands over its reports, and says so', async () => {
    const { edge } = stage();
    const session = edge.addSession({ pacing: { minIntervalMs: 3_600_000, jitterMs: 0 } });
    const first = edge.queue(session, 'first');
    const second = edge.queue(session, 'second');
    await stage().spawn();
    expect(await edge.settled(first)).toBe('sent');
    await until('the second is claimed', () => second.status === 'sending');
    expect(await stage().kill('SIGTERM')).toBe(0);
    expect(second.status).toBe('queued');
    expect(texts()).toEqual(['first']);
    expect(edge.heartbeats.at(-1)).toMatchObject({ draining: true, sessions: [] });
    expect(edge.session(session).statuses.at(-1)).toBe('online');

    await stage().spawn();
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['first', 'second']);
  });

  it('does so when its parent is gone', async () => {
    const { edge } = stage();
    edge.addSession();
    const child = await stage().spawn();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.disconnect();
    expect(await gone).toBe(0);
    expect(edge.heartbeats.at(-1)).toMatchObject({ draining: true, sessions: [] });
  });
});
