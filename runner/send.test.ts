import { describe, expect, it } from 'vitest';
import { FakeClock } from './testing/fake-clock.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

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
