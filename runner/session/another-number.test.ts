import { describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

describe('a session whose phone has another number than before', () => {
  const stage = useStage();
  const lastStatus = (session: string) => stage().edge.told(session, 'session.status').at(-1);

  it('waits until the user accepts the number, and is then online', async () => {
    const { edge } = stage();
    const session = edge.addSession({ phoneNumber: '15559990000' });
    await stage().startHere();
    await until('it asks', () => lastStatus(session)?.status === 'action_required');
    expect(lastStatus(session)).toMatchObject({
      action: 'number_changed',
      phoneNumber: '15550001234',
    });
    const message = edge.queue(session, 'not yet');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    await edge.command(session, 'reconnect', {});
    expect(edge.session(session).statuses.at(-1)).toBe('action_required');
    expect(stage().wire()).toEqual([]);
    await edge.command(session, 'reconnect', { acceptedNumber: '15559990001' });
    expect(edge.session(session).statuses.at(-1)).toBe('action_required');
    await edge.command(session, 'reconnect', { acceptedNumber: '15550001234' });
    expect(await edge.settled(message)).toBe('sent');
    expect(lastStatus(session)).toMatchObject({ status: 'online', phoneNumber: '15550001234' });
  });

  it.each(['logout', 'restart', 'crash'])('is not taken for its own by a %s', async (what) => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession({ phoneNumber: '15559990000' });
    await stage().startHere();
    const asked = () =>
      edge.told(session, 'session.status').filter(({ action }) => action === 'number_changed');
    await until('it asks', () => asked().length === 1);
    if (what === 'crash') whatsapp.engineOf(session).crash();
    else await edge.command(session, what, {});
    if (what === 'logout') await edge.command(session, 'qr', { waitMs: 1_000 });
    await until('it asks again', () => asked().length === 2);
    const others = edge
      .told(session, 'session.status')
      .filter(({ action }) => action !== 'number_changed');
    expect(others.map(({ phoneNumber }) => phoneNumber)).not.toContain('15550001234');
    expect(edge.session(session).statuses).not.toContain('online');
  });

  it('fails messages that were accepted under the old number', async () => {
    const { edge } = stage();
    const session = edge.addSession({ phoneNumber: '15550001234' });
    await stage().startHere();
    await edge.online(session);
    const former = edge.queue(session, 'from before', { senderNumber: '15559990000' });
    const own = edge.queue(session, 'of now', { senderNumber: '15550001234' });
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: own.queueSeq });
    expect([await edge.settled(former), await edge.settled(own)]).toEqual(['failed', 'sent']);
    expect(edge.told(session, 'message.settled')[0]?.error?.code).toBe('NUMBER_CHANGED');
    expect(
      stage()
        .wire()
        .map(({ text }) => text),
    ).toEqual(['of now']);
  });

  it('is online at once when the number is the one it had', async () => {
    const { edge } = stage();
    const session = edge.addSession({ phoneNumber: '15550001234' });
    await stage().startHere();
    await edge.online(session);
    expect(edge.session(session).statuses).not.toContain('action_required');
  });
});
