import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>, workspace?: { maxSessions?: number }) =>
  ownedSession(harness, change, workspace);

describe('restart and reconnect', () => {
  test('are the owner’s to do', async () => {
    const { post, commands, audited } = await setUp();
    expect(await post('restart')).toMatchObject({ status: 200, data: { status: 'online' } });
    expect(await post('reconnect', {})).toMatchObject({ status: 200 });
    expect(await commands()).toMatchObject([
      { name: 'restart', body: {} },
      { name: 'reconnect', body: {} },
    ]);
    expect(await audited()).toEqual(['reconnectSession', 'restartSession']);
  });

  test.each(['restart', 'reconnect'])('%s starts a session that rests', async (verb) => {
    const { post, lease, commands, set } = await setUp();
    await post('stop');
    await set({ status: 'disconnected' });
    expect(await post(verb, verb === 'reconnect' ? {} : undefined)).toMatchObject({ status: 200 });
    expect(await lease()).toMatchObject({ desired: 'running' });
    expect(await commands()).toEqual([]);
  });

  const notHere = { code: 'SESSION_NOT_FOUND', message: 'not here' };
  const ofAnotherEpoch = { code: 'CONFLICT', message: 'another epoch', details: { epoch: 9 } };

  test.each([
    { verb: 'restart', status: 404, error: notHere },
    { verb: 'restart', status: 409, error: ofAnotherEpoch },
    { verb: 'reconnect', status: 404, error: notHere },
  ])('$verb starts one that its runner has just let go ($status)', async (given) => {
    const { post, set, runner, lease, commands } = await setUp();
    await set({ status: 'disconnected' });
    await runner.script({
      [given.verb]: { status: given.status, body: { ok: false, error: given.error } },
    });
    expect(await post(given.verb, given.verb === 'reconnect' ? {} : undefined)).toMatchObject({
      status: 200,
    });
    expect(await commands()).toHaveLength(1);
    expect(await lease()).toMatchObject({ desired: 'running' });
  });

  test('with acceptNumber, the new number is the session’s', async () => {
    const { post, call, id, set, commands } = await setUp();
    await set({
      status: 'action_required',
      action: 'number_changed',
      phoneNumber: '15550100001',
      newPhoneNumber: '15550100002',
    });
    expect(await call('GET', `/${id}/status`)).toMatchObject({
      data: {
        action: { action: 'number_changed', advice: expect.stringContaining('acceptNumber') },
        phoneNumber: '15550100001',
        newPhoneNumber: '15550100002',
      },
    });
    const accepted = await post('reconnect', { acceptNumber: true });
    expect(accepted).toMatchObject({ data: { phoneNumber: '15550100002' } });
    expect(accepted.meta).toMatchObject({ failedMessages: 0 });
    expect(await commands()).toMatchObject([{ body: { acceptedNumber: '15550100002' } }]);
  });
});

describe.each([
  ['stop', 'stop_requested'],
  ['archive', 'archived'],
])('%s of a session whose runner', (verb, reason) => {
  const loseRunner = (sessionId: string) => {
    const { sessionLeases } = harness.schema;
    const leaseUntil = new Date(Date.now() - 10 * 60_000);
    return harness.db
      .update(sessionLeases)
      .set({ leaseUntil })
      .where(eq(sessionLeases.sessionId, sessionId));
  };
  const settled = [{ from: 'online', status: 'disconnected', reason }];

  test('has died disconnects it at once', async () => {
    const { id, post, told } = await setUp();
    await loseRunner(id);
    expect(await post(verb)).toMatchObject({ data: { status: 'disconnected' } });
    expect(await told()).toMatchObject(settled);
  });

  test('dies before it reports disconnects it with the next round of jobs', async () => {
    const { id, post, told } = await setUp();
    expect(await post(verb)).toMatchObject({ data: { status: 'online' } });
    await runCron(harness.services());
    expect(await told()).toEqual([]);
    await loseRunner(id);
    await Promise.all([runCron(harness.services()), runCron(harness.services())]);
    expect(await told()).toMatchObject(settled);
  });
});

describe('logging out', () => {
  test('is told by the owner, and the row stays', async () => {
    const { post, set, id, commands, audited } = await setUp();
    const waiting = post('logout');
    await expect.poll(commands).toMatchObject([{ name: 'logout' }]);
    await set({ status: 'logged_out' });
    expect(await waiting).toMatchObject({
      status: 200,
      data: { id, status: 'logged_out', unlinked: true },
    });
    expect(await audited()).toEqual(['logoutSession']);
  });

  test.each([
    { of: 'stopped', from: 'disconnected', first: 'stop' },
    { of: 'failed, and held by its runner', from: 'failed' },
    { of: 'just told to stop', from: 'online', first: 'stop' },
  ] as const)('of a session that is $of makes its profile useless', async (given) => {
    const { post, lease, set, told, commands } = await setUp();
    if ('first' in given) await post(given.first);
    await set({ status: given.from });
    expect(await post('logout')).toMatchObject({
      status: 200,
      data: { status: 'logged_out', unlinked: false },
    });
    expect(await commands()).toEqual([]);
    expect(await lease()).toMatchObject({
      epoch: 2,
      startedEpoch: 2,
      startedBootId: 'logged_out',
      desired: 'stopped',
    });
    expect(await told()).toMatchObject([{ status: 'logged_out', from: given.from }]);
    await post('logout');
    expect(await told()).toHaveLength(1);
    expect(await post('start')).toMatchObject({ data: { status: 'created' } });
  });
});
