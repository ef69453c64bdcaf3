import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const person = (n: number): string => `+1555010${String(n).padStart(4, '0')}`;
const chatOf = (n: number): string => `${person(n).slice(1)}@c.us`;
const accepted = { status: 202 };
const refused = { status: 429, error: { code: 'FIRST_CONTACT_LIMIT' } };

/** A session with these limits that has written to a new person at each of `ago`, in ms. */
async function setUp({
  perHour = null,
  perDay = null,
  ago = [],
}: {
  perHour?: number | null;
  perDay?: number | null;
  ago?: number[];
}) {
  const sender = await textSender(harness);
  const { sessionId, workspaceId, apiKey } = sender;
  const { messages, sessions } = harness.schema;
  await harness.db
    .update(sessions)
    .set({ firstContactsPerHour: perHour, firstContactsPerDay: perDay })
    .where(eq(sessions.id, sessionId));
  const write = (values: Partial<typeof messages.$inferInsert>) =>
    harness.db.insert(messages).values({
      id: newId('message'),
      workspaceId,
      sessionId,
      direction: 'outbound',
      chatId: chatOf(1),
      type: 'text',
      content: { type: 'text', text: 'Hello' },
      status: 'sent',
      statusRank: 4,
      ...values,
    });
  for (const [n, ms] of ago.entries())
    await write({ chatId: chatOf(9_000 + n), firstContactAt: new Date(Date.now() - ms) });
  return {
    ...sender,
    write,
    to: (n: number, more: object = {}) => sender.send({ to: person(n), text: 'Hello', ...more }),
    limits: async () => {
      const answer = await harness.call('GET', `/v1/sessions/${sessionId}`, { key: apiKey });
      return Object(answer.data).limits.firstContacts;
    },
  };
}

describe('a first contact', () => {
  test('is refused when the hour has as many as it may have, and says when to try again', async () => {
    const { to, rows } = await setUp({ perHour: 2, ago: [50 * MINUTE] });
    expect(await to(1)).toMatchObject(accepted);
    const answer = await to(2);
    expect(answer).toMatchObject(refused);
    const wait = Number(answer.headers.get('retry-after'));
    expect(answer.error?.details).toEqual({ retryAfterSeconds: wait });
    expect(wait).toBeGreaterThan(8 * 60);
    expect(wait).toBeLessThanOrEqual(10 * 60);
    expect(await rows()).toHaveLength(2);
  });

  test.each([
    ['an hour', { perHour: 1 }, HOUR - MINUTE, HOUR + MINUTE],
    ['a day', { perDay: 1 }, DAY - MINUTE, DAY + MINUTE],
  ])('counts for %s', async (_window, limits, within, past) => {
    expect(await (await setUp({ ...limits, ago: [within] })).to(1)).toMatchObject(refused);
    expect(await (await setUp({ ...limits, ago: [past] })).to(1)).toMatchObject(accepted);
  });

  test('that is scheduled counts at its time, and before it', async () => {
    const { to } = await setUp({ perHour: 1 });
    expect(await to(1, { sendAt: inMs(2 * HOUR) })).toMatchObject(accepted);
    expect(await to(2, { sendAt: inMs(2 * HOUR + 30 * MINUTE) })).toMatchObject(refused);
    expect(await to(2, { sendAt: inMs(90 * MINUTE) })).toMatchObject(refused);
    expect(await to(2)).toMatchObject(accepted);
    expect(await to(3, { sendAt: inMs(4 * HOUR) })).toMatchObject(accepted);
  });

  test('that is scheduled is refused with the time at which it may be sent', async () => {
    const { to, write } = await setUp({ perHour: 1 });
    const [planned, sendAt] = [inMs(10 * DAY), inMs(10 * DAY + 10 * MINUTE)];
    await write({ chatId: chatOf(9), firstContactAt: new Date(planned) });
    const answer = await to(1, { sendAt });
    expect(answer).toMatchObject({
      ...refused,
      error: { message: expect.not.stringContaining('Retry-After') },
    });
    const freeAt = new Date(Date.parse(planned) + HOUR).toISOString();
    expect(answer.error?.details).toEqual({ freeAt });
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await to(1, { sendAt: freeAt })).toMatchObject(accepted);
  });

  test('that has failed does not count, and the next message to its person is one again', async () => {
    const { to, apiKey: key, limits } = await setUp({ perHour: 1 });
    const first = await to(1, { sendAt: inMs(10 * MINUTE) });
    await harness.call('POST', `/v1/messages/${idOf(first)}/cancel`, { key });
    expect(await to(1)).toMatchObject(accepted);
    expect(await to(2)).toMatchObject(refused);
    expect(await limits()).toMatchObject({ hour: { used: 1, limit: 1 } });
  });

  test('without limits is never refused', async () => {
    const { to } = await setUp({ ago: [MINUTE, MINUTE, MINUTE] });
    expect(await to(1)).toMatchObject(accepted);
  });
});

describe('with others so many minutes before and after it, a first contact', () => {
  const [hour2, hour3] = [{ perHour: 2 }, { perHour: 3 }];
  test.each<[what: string, limits: object, others: number[], freeAfter: number]>([
    ['has no hour too many', hour2, [-50, 50], 0],
    ['has an hour of its own', hour2, [-60, -60, 60, 60], 0],
    ['is one of fewer on each side', hour3, [-50, -40, 40, 50], 0],
    ['is between two that are an hour apart', hour2, [-20, 40], 0],
    ['waits for the first of those before', hour2, [-50, -10], 10],
    ['waits for the first of those after', hour2, [10, 50], 70],
    ['waits for the first of those around', hour2, [-20, 30], 40],
    ['waits for one on a side where there are more', hour2, [-40, -30, 50], 20],
    ['does not mind an hour that is not its own', hour2, [0.5, 1, 1.5, 61.5].map((n) => n + 60), 0],
    ['waits for a gap that is wide enough', { perHour: 1 }, [-10, 70, 110, 240], 170],
    ['takes the first gap', { perHour: 1 }, [-10, 110, 400], 50],
    ['has no day too many', { perDay: 2 }, [-23 * 60, 20 * 60], 0],
    ['keeps both limits at once', { perHour: 1, perDay: 3 }, [-23 * 60, -22 * 60, -30, 90], 150],
  ])('%s', async (_what, limits, others, freeAfter) => {
    const { to, write } = await setUp(limits);
    const sendAt = inMs(10 * DAY);
    const after = (minutes: number) => new Date(Date.parse(sendAt) + minutes * MINUTE);
    for (const [n, minutes] of others.entries())
      await write({ chatId: chatOf(9_000 + n), firstContactAt: after(minutes) });
    const freeAt = after(freeAfter).toISOString();
    const late = { ...refused, error: { ...refused.error, details: { freeAt } } };
    expect(await to(1, { sendAt })).toMatchObject(freeAfter === 0 ? accepted : late);
    expect(await to(1, { sendAt: freeAt })).toMatchObject(accepted);
  });
});

describe('no first contact is a message', () => {
  test.each([
    ['to whom it wrote before', { direction: 'outbound', status: 'unknown' }],
    ['to whom wrote to it', { direction: 'inbound', status: 'delivered' }],
    ['to whom somebody wrote on the phone', { writtenOn: 'phone' }],
  ] as const)('%s', async (_who, before) => {
    const { to, write } = await setUp({ perHour: 1, ago: [MINUTE] });
    expect(await to(1)).toMatchObject(refused);
    await write({ chatId: chatOf(1), ...before });
    expect(await to(1)).toMatchObject(accepted);
  });

  test('to a person whose chat has another id', async () => {
    const { to, write, sessionId } = await setUp({ perHour: 1, ago: [MINUTE] });
    const lid = '90000000001@lid';
    await harness.db
      .insert(harness.schema.personIds)
      .values({ sessionId, lid, phoneId: chatOf(1), chatId: lid });
    expect(await to(1)).toMatchObject(refused);
    await write({ chatId: lid, direction: 'inbound' });
    expect(await to(1)).toMatchObject(accepted);
  });

  test('to a group', async () => {
    const { send } = await setUp({ perHour: 1, ago: [MINUTE] });
    expect(await send({ to: '120363012345678901@g.us', text: 'Hello' })).toMatchObject(accepted);
  });
});

test('a session shows what it has used of its limits, and who never answered', async () => {
  const { limits, write, sessionId } = await setUp({
    perHour: 30,
    perDay: 100,
    ago: [MINUTE, 2 * HOUR, 3 * HOUR, 2 * DAY, 40 * DAY],
  });
  await write({ chatId: chatOf(9_001), direction: 'inbound' });
  await write({ chatId: chatOf(1), firstContactAt: new Date(), status: 'queued', statusRank: 0 });
  await write({ chatId: chatOf(2), firstContactAt: new Date(), status: 'failed', statusRank: 3 });
  expect(await limits()).toEqual({
    hour: { used: 2, limit: 30 },
    day: { used: 4, limit: 100 },
    unanswered: 3,
  });
  await harness.db.execute(sql`delete from messages where session_id = ${sessionId}`);
  expect(await limits()).toMatchObject({ hour: { used: 0 }, day: { used: 0 }, unanswered: 0 });
});

test('who never answered is counted among the newest 1,000 first contacts', async () => {
  const { limits, write, sessionId, workspaceId } = await setUp({ ago: [29 * DAY] });
  await harness.db.execute(sql`
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, first_contact_at)
    select ${sessionId} || n, ${workspaceId}, ${sessionId}, 'outbound', n || '@c.us', 'text', '{}', 'sent', 4, now() - interval '2 days'
    from generate_series(1, 1000) n`);
  expect(await limits()).toMatchObject({ day: { used: 0 }, unanswered: 1_000 });
  await write({ chatId: '1@c.us', direction: 'inbound' });
  expect(await limits()).toMatchObject({ unanswered: 999 });
});

describe('the settings', () => {
  const create = async (body: object) => {
    const { apiKey: key } = await harness.newWorkspace({ maxSessions: 5 });
    return harness.call('POST', '/v1/sessions', { key, body: { name: 'new', ...body } });
  };

  test.each([
    ['live', { firstContactsPerHour: 30, firstContactsPerDay: 100 }],
    ['sandbox', { firstContactsPerHour: null, firstContactsPerDay: null }],
  ])('of a new %s session', async (mode, byDefault) => {
    expect(await create({ mode })).toMatchObject({ status: 201, data: byDefault });
    const own = { firstContactsPerHour: 5, firstContactsPerDay: null };
    expect(await create({ mode, ...own })).toMatchObject({ status: 201, data: own });
  });

  test('are changed one by one, and removed', async () => {
    const { apiKey: key, sessionId } = await setUp({ perHour: 1, perDay: 2 });
    const patch = (body: object) =>
      harness.call('PATCH', `/v1/sessions/${sessionId}`, { key, body });
    expect(await patch({ firstContactsPerHour: 7 })).toMatchObject({
      data: { firstContactsPerHour: 7, firstContactsPerDay: 2 },
    });
    expect(await patch({ firstContactsPerDay: null })).toMatchObject({
      data: { firstContactsPerHour: 7, firstContactsPerDay: null },
    });
    for (const wrong of [0, 1.5, 10_001, '5'])
      expect(await patch({ firstContactsPerHour: wrong })).toMatchObject({ status: 422 });
  });
});
