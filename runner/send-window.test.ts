import { describe, expect, it } from 'vitest';
import type { MessageError } from '../shared/protocol/runner-reports.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { until } from './testing/until.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();
const texts = (): string[] =>
  stage()
    .wire()
    .map(({ text }) => text);

const PATIENT = { unsettled: { looks: 2, lookGapMs: 20, ackMs: 60_000 } };

/** WhatsApp's server has the message with this text; from 2 on, its reader too. */
function acked(session: string, text: string, ack = 1, error?: MessageError): void {
  const record = stage()
    .wire()
    .find((each) => each.text === text);
  stage()
    .whatsapp.engineOf(session)
    .emit({
      type: 'fact',
      fact: {
        kind: 'message.ack',
        wireId: record?.wireId ?? '',
        wireKey: 'key',
        chatId: '15550100001@c.us',
        ack,
        ...(error === undefined ? {} : { error }),
      },
    });
}

it('has one message without an ack on the way, not more; its ack lets the next one go', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const words = ['@accepted a', '@accepted b'];
  const [first, second] = words.map((text) => edge.queue(session, text));
  const clock = new FakeClock(Date.now());
  await stage().startHere({ clock, timing: PATIENT });
  await until('the first is on the wire', () => texts().length === 1);
  // Each makes the runner look for what it may do.
  for (let ring = 0; ring < 10; ring += 1)
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: 2 });
  await clock.advance(4_000);
  expect(texts()).toEqual(words.slice(0, 1));
  acked(session, '@accepted a');
  await until('the second is on the wire', () => texts().length === 2);
  // Else the end of the runner would wait for it.
  acked(session, '@accepted b');
  await until('both are settled', () => first?.status === 'sent' && second?.status === 'sent');
  // It is not said twice: by the ack and by the settlement.
  expect(edge.told(session, 'message.ack')).toEqual([]);
});

it('a message fails with the reason that its ack gives', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const message = edge.queue(session, '@accepted first');
  await stage().startHere();
  await until('it is on the wire', () => texts().length === 1);
  const error = { code: 'NEW_CHATS_LIMITED', message: 'not until tomorrow' } as const;
  acked(session, '@accepted first', -1, error);
  await until('it is settled', () => message.status === 'failed');
  expect(edge.told(session, 'message.settled')).toMatchObject([{ outcome: 'failed', error }]);
});

it('an ack names its message; that of a message sent from the phone itself names none', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const message = edge.queue(session, 'ours');
  await stage().startHere();
  await until('it is settled', () => message.status === 'sent');
  acked(session, 'ours', 2);
  acked(session, 'from the phone', 2);
  const acks = () => edge.told(session, 'message.ack');
  await until('both acks are reported', () => acks().length === 2);
  expect(acks().map(({ messageId }) => messageId)).toEqual([message.messageId, undefined]);
});

describe('with RUNNER_UNACKED_SENDS', () => {
  const words = Array.from({ length: 6 }, (_, index) => `@accepted ${index}`);

  it('has that many without an ack on the way, in order; each ack lets another one go', async () => {
    const { edge } = stage();
    stage().extraEnv = { RUNNER_UNACKED_SENDS: '4' };
    const session = edge.addSession();
    const all = words.map((text) => edge.queue(session, text));
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, timing: PATIENT });
    await until('four are on the wire', () => texts().length === 4);
    await clock.advance(4_000);
    expect(texts()).toEqual(words.slice(0, 4));
    acked(session, '@accepted 2');
    await until('a fifth is on the wire', () => texts().length === 5);
    for (const text of words.slice(0, 5)) acked(session, text);
    await until('all are on the wire', () => texts().length === 6);
    expect(texts()).toEqual(words);
    acked(session, '@accepted 5');
    await until('all are settled', () => all.every(({ status }) => status === 'sent'));
  });

  it('a session with pacing keeps to one', async () => {
    const { edge } = stage();
    stage().extraEnv = { RUNNER_UNACKED_SENDS: '4' };
    const session = edge.addSession({ pacing: { minIntervalMs: 1, jitterMs: 0 } });
    for (const text of words) edge.queue(session, text);
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, timing: PATIENT });
    await until('the first is on the wire', () => texts().length === 1);
    await clock.advance(4_000);
    expect(texts()).toEqual(words.slice(0, 1));
    acked(session, '@accepted 0');
    await until('the second is on the wire', async () => {
      await clock.advance(1);
      return texts().length === 2;
    });
    acked(session, '@accepted 1');
  });

  it('asks the next page for all of them, before anything else is sent', async () => {
    const { edge, whatsapp } = stage();
    stage().extraEnv = { RUNNER_UNACKED_SENDS: '4' };
    const session = edge.addSession();
    const all = [...words.slice(0, 4), 'last'].map((text) => edge.queue(session, text));
    await stage().startHere({ timing: PATIENT });
    await until('four are on the wire', () => texts().length === 4);
    whatsapp.engineOf(session).crash();
    const lookedUp = () =>
      whatsapp.engineOf(session).calls.filter((call) => call === 'lookUp').length;
    await until('all four are looked up', () => whatsapp.engines.length === 2 && lookedUp() === 4);
    expect(texts()).toEqual(words.slice(0, 4));
    for (const text of words.slice(0, 4)) acked(session, text);
    expect(await Promise.all(all.map((message) => edge.settled(message)))).toEqual(
      all.map(() => 'sent'),
    );
    expect(texts()).toEqual([...words.slice(0, 4), 'last']);
  });
});

it('does not wait for ever: what has no ack after 5 s holds up nothing', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const words = ['@accepted a', '@accepted b'];
  for (const text of words) edge.queue(session, text);
  const clock = new FakeClock(Date.now());
  await stage().startHere({ clock, timing: PATIENT });
  await until('the first is on the wire', () => texts().length === 1);
  await clock.advance(5_000);
  await until('the second is on the wire', () => texts().length === 2);
  expect(texts()).toEqual(words);
  for (const text of words) acked(session, text);
});

it('keeps the order where one is turned away while the one before has no ack', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const words = ['@accepted a', '@unavailable b', 'c', 'd'];
  const all = words.map((text) => edge.queue(session, text));
  await stage().startHere({ timing: PATIENT });
  await until('all are on the wire', () => texts().length === 4);
  expect(texts()).toEqual(words);
  acked(session, '@accepted a');
  expect(await Promise.all(all.map((message) => edge.settled(message)))).toEqual(
    all.map(() => 'sent'),
  );
});

it('asks the next page for one without an ack, before anything else is sent', async () => {
  const { edge, whatsapp } = stage();
  const session = edge.addSession();
  const words = ['@accepted a', 'b'];
  const all = words.map((text) => edge.queue(session, text));
  await stage().startHere({ timing: PATIENT });
  await until('the first is on the wire', () => texts().length === 1);
  whatsapp.engineOf(session).crash();
  await until('it is looked up', () => whatsapp.engineOf(session).calls.includes('lookUp'));
  expect(whatsapp.engines).toHaveLength(2);
  expect(texts()).toEqual(words.slice(0, 1));
  acked(session, '@accepted a');
  expect(await Promise.all(all.map((message) => edge.settled(message)))).toEqual(['sent', 'sent']);
  expect(texts()).toEqual(words);
});

it('kill -9 leaves one in doubt; what was claimed ahead goes back and is sent once, in order', async () => {
  const { edge } = stage();
  const session = edge.addSession();
  const words = ['@hang-after the wire', 'b', 'c', 'd'];
  const all = words.map((text) => edge.queue(session, text));
  await stage().spawn();
  await until('the first is on the wire', () => texts().length === 1);
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 'sending'));
  await stage().kill();

  await stage().spawn();
  const ends = await Promise.all(all.map((message) => edge.settled(message)));
  expect(ends).toEqual(all.map(() => 'sent'));
  expect(texts()).toEqual(words);
  const notBegun = edge
    .told(session, 'message.settled')
    .filter(({ outcome }) => outcome === 'not_begun');
  expect(notBegun.map(({ messageId }) => messageId)).toEqual(
    all.slice(1).map(({ messageId }) => messageId),
  );
});
