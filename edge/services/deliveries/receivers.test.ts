import { describe, expect, it } from 'vitest';
import { createEgress } from '../../egress/egress.ts';
import { reboundName } from '../../egress/testing/rebound.ts';
import { createHarness } from '../../testing/harness.ts';
import { newInbox, receiverUrl } from '../../testing/receiver.ts';
import { claimDue } from './claim-due.ts';
import { attempted, deliveryWorld, NOTHING_DUE } from './testing/delivery-world.ts';

const harness = await createHarness({ BASE_URL: receiverUrl() });
const { newDelivery, deliveriesTo, attemptsOf, call, makeDue, secondsUntilNext, endpointOf } =
  deliveryWorld(harness);

describe('what the receiver says', () => {
  it.each([
    { reply: { status: 410 }, reason: 'the receiver answered 410 Gone' },
    {
      reply: { status: 500, headers: { 'webhook-delivery': 'disable' } },
      reason: 'the receiver answered webhook-delivery: disable',
    },
  ])('switches the endpoint off: $reason', async ({ reply, reason }) => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script(reply);
    expect(await call(endpointId)).toEqual(attempted('failed'));
    expect(await endpointOf(id)).toMatchObject({
      isActive: false,
      disabledReason: reason,
      disabledAt: expect.any(Date),
      unannounced: true,
    });
  });

  it('does not follow a redirect', async () => {
    const second = newInbox();
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 302, headers: { location: second.url } });
    await call(endpointId);
    expect(await second.received()).toEqual([]);
    expect(await attemptsOf(id)).toMatchObject([
      { statusCode: 302, error: 'HTTP 302: redirects are not followed' },
    ]);
  });

  it('honours Retry-After', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 429, headers: { 'retry-after': '120' } });
    await call(endpointId);
    const seconds = await secondsUntilNext(id);
    expect(seconds).toBeGreaterThan(115);
    expect(seconds).toBeLessThanOrEqual(120);
  });

  it.each([
    ['0', 4, 6],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 4, 6],
    ['-1', 4, 6],
    ['0.5', 4, 6],
    ['0, 0', 4, 6],
    ['999999999', 86_390, 86_400],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_390, 86_400],
  ])(
    'waits by the schedule at least and a day at most, whatever Retry-After says: %s',
    async (value, least, most) => {
      const { inbox, id, endpointId } = await newDelivery();
      await inbox.script({ status: 503, headers: { 'retry-after': value } });
      await call(endpointId);
      const seconds = await secondsUntilNext(id);
      expect(seconds).toBeGreaterThan(least);
      expect(seconds).toBeLessThanOrEqual(most);
    },
  );

  it('keeps an excerpt of a huge answer and drops the rest', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500, body: 'a\0b', bytes: 5_000_000 });
    await call(endpointId);
    const [made] = await attemptsOf(id);
    expect(made?.responseExcerpt).toMatch(/^abx+$/);
    expect(made?.responseExcerpt?.length).toBe(2_047);
  });

  it('is called again as the endpoint’s own schedule says, and then no more', async () => {
    const { inbox, id, endpointId } = await newDelivery({ retryDelays: [40, 1_000] });
    await inbox.script({ status: 503 });
    for (const delay of [40, 1_000]) {
      expect(await call(endpointId)).toEqual(attempted('pending'));
      const seconds = await secondsUntilNext(id);
      expect(seconds).toBeGreaterThan(delay * 0.8);
      expect(seconds).toBeLessThanOrEqual(delay * 1.1);
      await makeDue(id);
    }
    expect(await call(endpointId)).toEqual(attempted('failed'));
  });

  it('is given up after the last attempt', async () => {
    const { inbox, id, endpointId } = await newDelivery({ retryDelays: [5] });
    await inbox.script({ status: 503 });
    await call(endpointId);
    await makeDue(id);
    expect(await call(endpointId)).toEqual(attempted('failed'));
    expect(await deliveriesTo(endpointId)).toMatchObject([
      { status: 'failed', attemptNo: 2, lastStatusCode: 503 },
    ]);
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
  });
});

describe('an endpoint that keeps failing', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  const reason = 'no attempt has succeeded for 5 days';
  const long = { failures: 9, failingSince: daysAgo(6) };
  it.each([
    ['for long', long, { status: 500 }, { isActive: false, disabledReason: reason, failures: 10 }],
    ['in few attempts', { ...long, failures: 8 }, { status: 500 }, { isActive: true, failures: 9 }],
    [
      'for a short time',
      { failures: 900, failingSince: daysAgo(4) },
      { status: 500 },
      { isActive: true, failures: 901 },
    ],
    [
      'until it succeeds',
      long,
      { status: 200 },
      { isActive: true, failures: 0, failingSince: null },
    ],
  ])('%s', async (_what, before, reply, after) => {
    const { inbox, id, endpointId } = await newDelivery(before);
    await inbox.script(reply);
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject({ ...after, unannounced: !after.isActive });
  });

  it('is not blamed for what we refuse to do', async () => {
    const url = 'http://169.254.169.254/latest/meta-data/';
    const { id, endpointId } = await newDelivery({ url, ...long });
    await call(endpointId);
    expect(await attemptsOf(id)).toMatchObject([{ error: expect.stringMatching(/^blocked: /) }]);
    expect(await endpointOf(id)).toMatchObject({ isActive: true, ...long });
  });

  it('is not blamed for a name that has become private since it was asked for', async () => {
    const { env, url, received } = await reboundName(harness.env, '127.0.0.1');
    const { id, endpointId } = await newDelivery({ url, ...long });
    await call(endpointId, { ...harness.services(), egress: createEgress(env) });
    expect(await received()).toEqual([]);
    expect(await attemptsOf(id)).toMatchObject([{ error: expect.stringMatching(/^blocked: /) }]);
    expect(await endpointOf(id)).toMatchObject({ isActive: true, ...long });
  });

  it('is failing from its first failure on', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500 });
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject({ failures: 1, failingSince: expect.any(Date) });
  });
});

describe('the time that a receiver has', () => {
  const AGO = new Date(Date.now() - 1_000);
  const AHEAD = new Date(Date.now() + 60_000);
  it.each([
    ['a few attempts had no answer', { timeouts: 4, fullTimeAgainAt: AHEAD }, 15_000],
    ['many had none', { timeouts: 5, fullTimeAgainAt: AHEAD }, 3_000],
    ['many had none, and a minute is over', { timeouts: 5, fullTimeAgainAt: AGO }, 15_000],
  ])('when %s', async (_when, changes, timeoutMs) => {
    const { endpointId } = await newDelivery(changes);
    const input = { endpointId, notBefore: null, atMost: 1 };
    const claimed = await claimDue(harness.services(), input);
    expect(claimed).toMatchObject({ kind: 'claimed', claim: { timeoutMs } });
  });

  it.each([
    ['does not answer', { hang: true }],
    ['never ends its answer', { drip: true }],
  ])('stays short while it %s, and is back after a success', async (_what, reply) => {
    const changes = { timeouts: 5, fullTimeAgainAt: AHEAD };
    const { inbox, id, endpointId } = await newDelivery(changes);
    await inbox.script(reply, { status: 500 }, { status: 200 });
    await call(endpointId);
    expect(await attemptsOf(id)).toMatchObject([{ error: 'no complete answer within 3000 ms' }]);
    const short = { timeouts: 6, fullTimeAgainAt: AHEAD };
    expect(await endpointOf(id)).toMatchObject(short);
    await makeDue(id);
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject(short);
    await makeDue(id);
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject({ timeouts: 0, fullTimeAgainAt: null });
  });
});
