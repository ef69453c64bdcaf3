import { describe, expect, it } from 'vitest';
import { FakeClock } from './testing/fake-clock.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

const sends = ({ engines }: ReturnType<typeof stage>['whatsapp']): number =>
  engines.flatMap(({ calls }) => calls).filter((call) => call === 'send').length;

describe('the way of a message', () => {
  it('goes from assignment to a settled send', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const message = edge.queue(session, 'hello');
    await stage().startHere();
    expect(await edge.settled(message)).toBe('sent');
    expect(texts()).toEqual(['hello']);
    expect(edge.session(session).statuses).toEqual(['starting', 'qr', 'authenticating', 'online']);
    expect(edge.told(session, 'message.settled')).toEqual([
      {
        kind: 'message.settled',
        messageId: message.messageId,
        outcome: 'sent',
        wireId: expect.stringMatching(/^3EB0[0-9A-F]{18}$/),
        wireKey: expect.stringContaining('3EB0'),
        error: null,
      },
    ]);
    expect(edge.refusedSignatures).toEqual([]);
  });

  it('keeps the order of the queue over several claims', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const all = Array.from({ length: 12 }, (_, index) => edge.queue(session, `text ${index}`));
    await stage().startHere();
    await Promise.all(all.map((message) => edge.settled(message)));
    expect(texts()).toEqual(all.map((_, index) => `text ${index}`));
  });

  it('keeps it too where messages are turned away while the next ones are claimed', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    edge.beforeClaimAnswer = async () => {
      if (edge.claims.length > 5) {
        await until('one was turned away', () => sends(whatsapp) >= 3);
        // A slow answer: time enough for what was turned away to be put back without it, if the runner did not wait.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const words = Array.from({ length: 14 }, (_, index) =>
      [2, 3, 9].includes(index) ? `@unavailable ${index}` : `text ${index}`,
    );
    const all = words.map((text) => edge.queue(session, text));
    await stage().startHere();
    await Promise.all(all.map((message) => edge.settled(message)));
    expect(texts()).toEqual(words);
    expect(all.map(({ attempts }) => attempts)).toEqual(
      words.map((text) => (text.startsWith('@') ? 1 : 0)),
    );
  });

  it('goes on with what waits behind a message in doubt, once the edge knows how that ended', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const doubtful = edge.queue(session, 'in doubt', { status: 'sending', claimEpoch: 0 });
    const behind = ['b', 'c'].map((text) => edge.queue(session, text));
    let refusals = 0;
    edge.notNow = (report) => report.kind === 'message.settled' && refusals++ < 3;
    await stage().startHere();
    expect(await edge.settled(doubtful)).toBe('unknown');
    expect(await Promise.all(behind.map((message) => edge.settled(message)))).toEqual([
      'sent',
      'sent',
    ]);
  });

  it('keeps the pace that the assignment asks for', async () => {
    const { edge } = stage();
    const session = edge.addSession({ pacing: { minIntervalMs: 1_000, jitterMs: 500 } });
    const all = ['a', 'b', 'c'].map((text) => edge.queue(session, text));
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, random: () => 0.5 });
    await until('the first is sent', () => all[0]?.status === 'sent');
    await clock.advance(1_249);
    expect(texts()).toEqual(['a']);
    await clock.advance(1);
    await until('the second is sent', () => all[1]?.status === 'sent');
    expect(texts()).toEqual(['a', 'b']);
    await clock.advance(1_250);
    await until('the third is sent', () => all[2]?.status === 'sent');
  });

  it('answers a doorbell when the message is settled', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    const message = edge.queue(session, 'ring');
    const { body } = await edge.call(`/v1/sessions/${session}/doorbell`, {
      queueSeq: message.queueSeq,
      waitFor: { messageId: message.messageId, waitMs: 10_000 },
    });
    expect(body).toEqual({
      settled: { status: 'sent', wireId: stage().wire()[0]?.wireId, error: null },
    });
  });

  it('answers a doorbell only when the edge has it on record', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    let refusals = 0;
    edge.notNow = (report) => report.kind === 'message.settled' && refusals++ < 2;
    const message = edge.queue(session, 'ring');
    await edge.call(`/v1/sessions/${session}/doorbell`, {
      queueSeq: message.queueSeq,
      waitFor: { messageId: message.messageId, waitMs: 10_000 },
    });
    expect(message.status).toBe('sent');
    expect(refusals).toBeGreaterThan(2);
  });

  it('answers a doorbell with nothing when the time runs out', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    const { body } = await edge.call(`/v1/sessions/${session}/doorbell`, {
      queueSeq: 1,
      waitFor: { messageId: 'msg_none', waitMs: 1 },
    });
    expect(body).toEqual({ settled: null });
  });

  it('does not send what has expired, and goes on', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const stale = edge.queue(session, 'stale', { expiresAt: Date.now() - 1 });
    const fresh = edge.queue(session, 'fresh');
    await stage().startHere();
    expect(await edge.settled(stale)).toBe('failed');
    expect(await edge.settled(fresh)).toBe('sent');
    expect(texts()).toEqual(['fresh']);
    expect(edge.told(session, 'message.settled')[0]?.error?.code).toBe('EXPIRED');
  });

  it('expires on time what it has claimed and not begun, however slow the pace', async () => {
    const { edge } = stage();
    const session = edge.addSession({ pacing: { minIntervalMs: 600_000, jitterMs: 0 } });
    const clock = new FakeClock(Date.now());
    const sent = edge.queue(session, 'sent');
    const waiting = edge.queue(session, 'waiting');
    const expiring = edge.queue(session, 'expiring', { expiresAt: clock.now() + 30_000 });
    await stage().startHere({ clock });
    await until('the first is sent', () => sent.status === 'sent');
    await until('the others are claimed', () => expiring.status === 'sending');
    await clock.advance(29_999);
    expect(expiring.status).toBe('sending');
    await clock.advance(1);
    expect(await edge.settled(expiring)).toBe('failed');
    expect(waiting.status).toBe('sending');
    expect(texts()).toEqual(['sent']);
  });

  it('reports a failure and goes on', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const failed = edge.queue(session, '@failed');
    const next = edge.queue(session, 'next');
    await stage().startHere();
    expect(await edge.settled(failed)).toBe('failed');
    expect(await edge.settled(next)).toBe('sent');
  });

  it('tries again, in order, what is known not to have left', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@unavailable once');
    const second = edge.queue(session, 'second');
    await stage().startHere();
    expect(await edge.settled(first)).toBe('sent');
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['@unavailable once', 'second']);
  });

  it('gives back what was turned away, and counts over restarts until it fails; then the next one goes', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@never-ready');
    const second = edge.queue(session, 'second');
    const clock = new FakeClock(Date.now());
    const runner = await stage().startHere({ clock });
    const isBack = (attempts: number): boolean =>
      first.attempts === attempts && first.status === 'queued' && second.status === 'queued';
    await until('it is back in the queue', () => isBack(1));
    await clock.advance(500);
    await until('it is back again', () => isBack(2));
    await runner.stop();

    await stage().startHere({ clock });
    for (const [attempts, pauseMs] of [
      [3, 2_000],
      [4, 4_000],
    ] as const) {
      await until('it is back once more', () => isBack(attempts));
      await clock.advance(pauseMs);
    }
    expect(await edge.settled(first)).toBe('failed');
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['second']);
    expect(sends(whatsapp)).toBe(6);
    expect(edge.told(session, 'message.settled').at(-2)?.error).toEqual({
      code: 'UNAVAILABLE',
      message: 'the page is still loading',
    });
  });

  it('goes past a message that was cancelled while it waited for its next try', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@never-ready');
    const second = edge.queue(session, 'second');
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock });
    await until(
      'both are back in the queue',
      () => first.attempts === 1 && first.status === 'queued' && second.status === 'queued',
    );
    first.status = 'failed';
    await clock.advance(500);
    expect(await edge.settled(second)).toBe('sent');
    expect(texts()).toEqual(['second']);
  });

  it('waits for the ack of a message that is on the page, and sends the next meanwhile', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const accepted = edge.queue(session, '@accepted');
    const next = edge.queue(session, 'next');
    await stage().startHere({ timing: { unsettled: { looks: 2, lookGapMs: 20, ackMs: 60_000 } } });
    expect(await edge.settled(next)).toBe('sent');
    expect(accepted.status).toBe('sending');
    const [record] = stage().wire();
    whatsapp.engineOf(session).emit({
      type: 'fact',
      fact: {
        kind: 'message.ack',
        wireId: record?.wireId ?? '',
        wireKey: 'key',
        chatId: '15550100001@c.us',
        ack: 1,
      },
    });
    expect(await edge.settled(accepted)).toBe('sent');
  });

  it('calls a message unknown whose ack never comes', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const accepted = edge.queue(session, '@accepted');
    await stage().startHere();
    expect(await edge.settled(accepted)).toBe('unknown');
    expect(texts()).toEqual(['@accepted']);
  });

  it('looks an uncertain send up instead of sending it again', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const left = edge.queue(session, '@unknown-sent');
    const lost = edge.queue(session, '@unknown-lost');
    const next = edge.queue(session, 'next');
    await stage().startHere();
    expect(await edge.settled(left)).toBe('sent');
    expect(await edge.settled(lost)).toBe('unknown');
    expect(await edge.settled(next)).toBe('sent');
    expect(texts()).toEqual(['@unknown-sent', 'next']);
  });

  it('looks a send up after the browser crashed in the middle of it', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const cutOff = edge.queue(session, '@crash');
    const next = edge.queue(session, 'next');
    await stage().startHere();
    expect(await edge.settled(cutOff)).toBe('unknown');
    expect(await edge.settled(next)).toBe('sent');
    expect(whatsapp.engines).toHaveLength(2);
    expect(texts()).toEqual(['next']);
  });

  it('keeps the order when claimed messages had to go back to the queue', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const first = edge.queue(session, '@unavailable at first');
    const second = edge.queue(session, 'second');
    await stage().startHere();
    await until('the first was tried', () =>
      whatsapp.engines.some(({ calls }) => calls.includes('send')),
    );
    const engine = whatsapp.engineOf(session);
    edge.down.add('reports');
    engine.emit({ type: 'connection', connected: false, detail: 'TIMEOUT' });
    await until(
      'both go back',
      () => stage().logged.filter((line) => line.includes('not_begun')).length === 2,
    );
    const third = edge.queue(session, 'third');
    engine.emit({ type: 'connection', connected: true, detail: 'CONNECTED' });
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: third.queueSeq });
    edge.down.clear();
    await Promise.all([first, second, third].map((message) => edge.settled(message)));
    expect(texts()).toEqual(['@unavailable at first', 'second', 'third']);
  });

  it('loses nothing when the answer to a claim is lost', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    edge.loseAnswerOf.add('claim');
    const message = edge.queue(session, 'claimed in vain');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    await until('it was claimed', () => edge.claims.length === 1);
    edge.loseAnswerOf.clear();
    expect(await edge.settled(message)).toBe('sent');
    expect(texts()).toEqual(['claimed in vain']);
  });

  it('sends an image from object storage', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    edge.stored.set('picture', Buffer.from('pixels'));
    const image = {
      type: 'image',
      mediaId: 'med_1',
      mimetype: 'image/png',
      caption: 'look',
    } as const;
    const message = edge.queue(session, '', {
      content: image,
      mediaUrl: `${edge.url}/storage/picture`,
    });
    const gone = edge.queue(session, '', { content: image, mediaUrl: `${edge.url}/storage/gone` });
    await stage().startHere();
    expect(await edge.settled(message)).toBe('sent');
    expect(await edge.settled(gone)).toBe('failed');
    expect(texts()).toEqual(['look']);
    expect(edge.told(session, 'message.settled')[1]?.error?.code).toBe('MEDIA_REJECTED');
  });
});
