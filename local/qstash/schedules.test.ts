import { afterEach, beforeEach, expect, test } from 'vitest';
import { startQstash } from './server.ts';
import { TestClock } from './test-clock.ts';
import { clientOf, startTestStack } from './test-stack.ts';

const START = Date.UTC(2026, 5, 1, 12, 0, 30);

let clock: TestClock;
let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeEach(async () => {
  clock = new TestClock(START);
  stack = await startTestStack(clock);
});
afterEach(() => stack.close());

test('a schedule publishes each time its cron fires', async () => {
  const url = `${stack.receiver.url}/tick?x=1`;
  const { scheduleId } = await stack.client.schedules.create({
    destination: url,
    cron: '*/5 * * * *',
    body: '{"tick":true}',
    headers: { 'X-Job': 'sweep' },
  });
  expect(await stack.client.schedules.get(scheduleId)).toMatchObject({
    scheduleId,
    cron: '*/5 * * * *',
    destination: url,
    body: '{"tick":true}',
    isPaused: false,
    nextScheduleTime: Date.UTC(2026, 5, 1, 12, 5),
  });
  clock.advance(5 * 60_000);
  clock.advance(5 * 60_000);
  const received = await stack.receiver.waitFor(2);
  for (const one of received) {
    expect(one).toMatchObject({ url: '/tick?x=1', body: '{"tick":true}' });
    expect(one.headers).toMatchObject({ 'upstash-schedule-id': scheduleId, 'x-job': 'sweep' });
  }
  expect(new Set(received.map((one) => one.headers['upstash-message-id'])).size).toBe(2);
});

test('the same schedule id replaces; delete ends it', async () => {
  const create = (cron: string) =>
    stack.client.schedules.create({
      destination: stack.receiver.url,
      cron,
      scheduleId: 'nightly',
    });
  await create('0 3 * * *');
  await create('1 12 * * *');
  const list = await stack.client.schedules.list();
  expect(list.map((one) => [one.scheduleId, one.cron])).toEqual([['nightly', '1 12 * * *']]);
  clock.advance(60_000);
  await stack.receiver.waitFor(1);
  await stack.client.schedules.delete('nightly');
  expect(await stack.client.schedules.list()).toEqual([]);
  await expect(stack.client.schedules.get('nightly')).rejects.toMatchObject({ status: 404 });
});

test('a paused schedule is silent and does not catch up when resumed', async () => {
  await stack.client.schedules.create({
    destination: `${stack.receiver.url}/paused`,
    cron: '* * * * *',
    scheduleId: 'p',
  });
  await stack.client.schedules.pause({ schedule: 'p' });
  expect(await stack.client.schedules.get('p')).toMatchObject({ isPaused: true });
  clock.advance(10 * 60_000);
  await stack.client.publish({ url: `${stack.receiver.url}/flush`, body: '' });
  await stack.receiver.waitFor(1);
  await stack.client.schedules.resume({ schedule: 'p' });
  clock.advance(60_000);
  const received = await stack.receiver.waitFor(2);
  expect(received.map((one) => one.url)).toEqual(['/flush', '/paused']);
});

test('firings missed while it was down become one', async () => {
  await stack.client.schedules.create({
    destination: `${stack.receiver.url}/missed`,
    cron: '* * * * *',
  });
  await stack.qstash.close();
  clock.advance(3_600_000);
  const again = await startQstash(stack.config, { clock });
  await stack.receiver.waitFor(1);
  await clientOf(again.url).publish({ url: `${stack.receiver.url}/flush`, body: '' });
  const received = await stack.receiver.waitFor(2);
  expect(received.map((one) => one.url)).toEqual(['/missed', '/flush']);
  await again.close();
  stack.qstash.close = () => Promise.resolve();
});

test.each(['* * * *', 'CRON_TZ=Europe/Berlin 0 3 * * *', '0 0 30 2 *'])(
  'the cron "%s" is refused with a 400',
  async (cron) => {
    await expect(
      stack.client.schedules.create({ destination: stack.receiver.url, cron }),
    ).rejects.toMatchObject({ status: 400 });
  },
);
