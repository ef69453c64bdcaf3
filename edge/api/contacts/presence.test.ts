import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const PHONE = '15550100001@c.us';
const LID = '90000000001@lid';

async function setUp() {
  const session = await liveSession(harness);
  const { call, id, runner } = session;
  return {
    ...session,
    change: (who: string, how: 'subscribe' | 'unsubscribe') =>
      call('POST', `/presence/${who}/${how}`, {}),
    /** What the runner answers from now on. */
    isKnownAs: (...ids: string[]) =>
      runner.script({ subscribePresence: done({ id: ids[0], ids }) }),
    kept: async () =>
      ((await call('GET', `/sessions/${id}`)).data as Record<string, unknown>)['presenceOf'],
  };
}

describe('a subscription to a presence', () => {
  test('is kept once for a person, under whichever id, until it is ended', async () => {
    const { change, isKnownAs, kept } = await setUp();
    await isKnownAs(LID);
    expect(await change(LID, 'subscribe')).toMatchObject({
      status: 200,
      data: { id: LID, subscribed: true },
    });
    await isKnownAs(PHONE, LID);
    await change(PHONE, 'subscribe');
    await change(LID, 'subscribe');
    expect(await kept()).toEqual([PHONE]);
    expect(await change(LID, 'unsubscribe')).toMatchObject({
      data: { id: PHONE, subscribed: false },
    });
    expect(await kept()).toEqual([]);
    expect((await change(LID, 'unsubscribe')).status).toBe(200);
  });

  test('is not kept when WhatsApp refuses it', async () => {
    const { change, kept, runner } = await setUp();
    const error = { code: 'CONFLICT', message: 'The number is not online.', details: {} };
    await runner.script({ subscribePresence: { status: 409, body: { ok: false, error } } });
    expect((await change(PHONE, 'subscribe')).error?.code).toBe('CONFLICT');
    expect(await kept()).toEqual([]);
  });

  test('is refused beyond the limit, without asking the session', async () => {
    const { change, id, runner } = await setUp();
    const { limit } = LIMITS.presenceSubscriptions;
    const presenceOf = Array.from({ length: limit }, (_, at) => `155502${at}@c.us`);
    const { sessions } = harness.schema;
    await harness.db.update(sessions).set({ presenceOf }).where(eq(sessions.id, id));
    expect((await change(PHONE, 'subscribe')).error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { limit },
    });
    expect(await runner.calls()).toEqual([]);
    expect((await change(PHONE, 'unsubscribe')).status).toBe(200);
  });
});
