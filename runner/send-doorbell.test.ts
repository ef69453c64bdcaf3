import { describe, expect, it } from 'vitest';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();

describe('a doorbell', () => {
  it('answers when the message is settled', async () => {
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

  it('answers only when the edge has the settlement on record', async () => {
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

  it('answers with nothing when its wait is over', async () => {
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
});
