import { describe, expect, it } from 'vitest';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

describe('a message in doubt', () => {
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
});
