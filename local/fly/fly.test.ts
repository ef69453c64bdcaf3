import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { APP, eventually, isRunning, MachineView, startFlyStack } from './testing/stack.ts';

let stack: Awaited<ReturnType<typeof startFlyStack>>;
let fly: ReturnType<typeof stack.client>;
beforeEach(async () => {
  stack = await startFlyStack();
  fly = stack.client();
});
afterEach(() => stack.close());

const booted = async (id: string): Promise<number> =>
  eventually(`${id} booted`, async () => {
    const boots = await stack.disk(id, 'boots').catch(() => '');
    return Number(boots.trim().split('\n').at(-1)) || undefined;
  });
/** As `ps` names it: `T` stands still. */
const processState = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat[stat.lastIndexOf(') ') + 2] ?? '';
};
const inState = (id: string, state: string) =>
  eventually(`${id} ${state}`, async () =>
    (await fly.state(id))?.state === state ? state : undefined,
  );

test('the output of a machine is in its log', async () => {
  const { id } = await fly.create({});
  await booted(id);
  await fly.call('POST', `/${id}/stop`, { signal: 'SIGTERM' });
  const log = await eventually('its last line', async () => {
    const text = await readFile(join(stack.config.dataDir, 'logs', `${id}.log`), 'utf8');
    return text.includes('told SIGTERM') ? text : undefined;
  });
  expect(log).toBe(`up ${'x'.repeat(5_000)}\ntold SIGTERM\n`);
});

test('a machine is created, runs with its environment, is stopped, started and destroyed', async () => {
  const made = await fly.create(
    { env: { GIVEN: 'yes' }, metadata: { waypost: 'runner' } },
    { region: 'ams', name: 'first' },
  );
  expect(made).toMatchObject({
    name: 'first',
    region: 'ams',
    state: 'created',
    private_ip: '127.0.0.1',
  });
  await inState(made.id, 'started');
  const pid = await booted(made.id);
  expect(JSON.parse(await stack.disk(made.id, 'env.json'))).toMatchObject({
    GIVEN: 'yes',
    FLY_MACHINE_ID: made.id,
    FLY_REGION: 'ams',
    FLY_APP_NAME: APP,
    FLY_IMAGE_REF: 'runner:1',
  });

  expect((await fly.call('POST', `/${made.id}/stop`, { signal: 'SIGTERM' })).json).toEqual({
    ok: true,
  });
  await inState(made.id, 'stopped');
  expect(isRunning(pid)).toBe(false);
  expect((await fly.call('POST', `/${made.id}/start`)).json).toMatchObject({
    previous_state: 'stopped',
  });
  await inState(made.id, 'started');
  // The disk of a stopped machine is new when it starts.
  const second = await booted(made.id);
  expect(second).not.toBe(pid);
  expect((await stack.disk(made.id, 'boots')).trim()).toBe(String(second));

  expect((await fly.call('DELETE', `/${made.id}`)).status).toBe(412);
  expect((await fly.call('DELETE', `/${made.id}?force=true`)).status).toBe(200);
  expect(isRunning(second)).toBe(false);
  expect((await fly.call('GET', '')).json).toEqual([]);
  expect((await fly.state(made.id))?.state).toBe('destroyed');
});

test('skip_launch leaves it to be started; a list is narrowed by metadata', async () => {
  const quiet = await fly.create({ metadata: { kind: 'a' } }, { skip_launch: true });
  await fly.create({ metadata: { kind: 'b' } }, { skip_launch: true });
  expect((await fly.state(quiet.id))?.pid).toBeNull();
  const ids = async (query: string) =>
    z
      .array(MachineView)
      .parse((await fly.call('GET', query)).json)
      .map(({ id }) => id);
  expect(await ids('?metadata.kind=a')).toEqual([quiet.id]);
  expect(await ids('?metadata.kind=a&metadata.other=b')).toEqual([]);
  expect((await fly.call('GET', '?region=fra')).status).toBe(400);
});

test('a machine that ignores the signal is killed after its time to stop', async () => {
  const made = await fly.create({
    env: { TEST_STUBBORN: '1' },
    stop_config: { signal: 'SIGUSR1', timeout: '300ms' },
  });
  const pid = await booted(made.id);
  await fly.call('POST', `/${made.id}/stop`, {});
  expect((await fly.state(made.id))?.state).toBe('stopping');
  await inState(made.id, 'stopped');
  expect(isRunning(pid)).toBe(false);
});

describe('a process that ends by itself', () => {
  test('is started again, on its disk where that is kept', async () => {
    const made = await fly.create({
      restart: { policy: 'on-failure' },
      guest: { persist_rootfs: 'restart' },
    });
    const pid = await booted(made.id);
    process.kill(pid, 'SIGKILL');
    await eventually('a second boot', async () =>
      (await booted(made.id)) === pid ? undefined : true,
    );
    expect((await stack.disk(made.id, 'boots')).trim().split('\n')).toHaveLength(2);
    await inState(made.id, 'started');
  });

  test.each<[string, { policy: string; max_retries?: number }, string]>([
    ['policy no', { policy: 'no' }, '1'],
    ['on-failure and no failure', { policy: 'on-failure' }, '0'],
    ['too often', { policy: 'on-failure', max_retries: 2 }, '3'],
  ])('stays stopped: %s', async (_name, restart, code) => {
    const made = await fly.create({
      restart,
      env: { TEST_EXIT: code },
      guest: { persist_rootfs: 'restart' },
    });
    await inState(made.id, 'stopped');
    const boots = (await stack.disk(made.id, 'boots')).trim().split('\n');
    expect(boots).toHaveLength((restart.max_retries ?? 0) + 1);
  });
});

test('refuses what the Machines API refuses', async () => {
  const made = await fly.create({}, { skip_launch: true, name: 'taken' });
  expect((await fly.call('POST', '', { name: 'taken', config: { image: 'x' } })).status).toBe(409);
  expect((await fly.call('POST', '', { config: {} })).status).toBe(400);
  expect((await fly.call('POST', '/nowhere/start')).status).toBe(404);
  expect((await fly.call('POST', `/${made.id}/exec`)).status).toBe(404);
  expect((await fly.call('POST', `/${made.id}/suspend`)).status).toBe(412);
  const bare = await fetch(`${stack.url}/v1/apps/${APP}/machines`);
  expect(bare.status).toBe(401);
  const other = await fetch(`${stack.url}/v1/apps/other/machines`, {
    headers: { authorization: `Bearer ${stack.config.token}` },
  });
  expect(other.status).toBe(404);
});

test('three requests of one kind at once, then one a second', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => fly.call('GET', '')));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  await eventually('the limit to let one through', async () =>
    (await fly.call('GET', '')).status === 200 ? true : undefined,
  );
});

test('fails on request, also half-way, and loses a machine', async () => {
  await fly.control('PUT', 'faults', [
    { action: 'create', status: 503 },
    { action: 'create', status: 0, done: true },
  ]);
  const body = { config: { image: 'x', restart: { policy: 'always' } } };
  expect((await fly.call('POST', '', body)).status).toBe(503);
  await expect(fly.call('POST', '', body)).rejects.toThrow('fetch failed');
  const [half] = z.array(MachineView).parse((await fly.call('GET', '')).json);
  const pid = await booted(half?.id ?? '');
  await fly.control('POST', `machines/${half?.id}/lose`, { state: 'failed' });
  expect(isRunning(pid)).toBe(false);
  expect(await fly.state(half?.id ?? '')).toMatchObject({ state: 'failed', pid: null });
});

test('a machine that ran runs again when the service is back, under the same id', async () => {
  const made = await fly.create({ guest: { persist_rootfs: 'restart' } });
  const idle = await fly.create({}, { skip_launch: true });
  const pid = await booted(made.id);
  await stack.restart();
  fly = stack.client();
  expect(isRunning(pid)).toBe(false);
  await inState(made.id, 'started');
  expect((await fly.state(idle.id))?.state).toBe('created');
});

test('a suspended machine stands still with all it has started, and goes on where it was', async () => {
  const made = await fly.create();
  const pid = await booted(made.id);
  await inState(made.id, 'started');
  expect((await fly.call('POST', `/${made.id}/suspend`)).status).toBe(200);
  expect(await fly.state(made.id)).toMatchObject({ state: 'suspended', pid });
  expect(await processState(pid)).toBe('T');
  expect((await fly.call('POST', `/${made.id}/start`)).json).toMatchObject({
    previous_state: 'suspended',
  });
  expect(await fly.state(made.id)).toMatchObject({ state: 'started', pid });
  await eventually('it goes on', async () =>
    (await processState(pid)) === 'T' ? undefined : true,
  );

  expect((await fly.call('POST', `/${made.id}/suspend`)).status).toBe(200);
  expect((await fly.call('DELETE', `/${made.id}`)).status).toBe(200);
  expect(isRunning(pid)).toBe(false);
});

test('a machine that moves to another host: the same id, a new boot and disk; what is left behind ends with the service', async () => {
  const made = await fly.create({ guest: { persist_rootfs: 'always' } });
  const pid = await booted(made.id);
  const moved = await fly.control('POST', `machines/${made.id}/migrate`);
  expect(moved).toEqual({ leftPid: pid });
  const next = await booted(`${made.id}.1`);
  expect(next).not.toBe(pid);
  await inState(made.id, 'started');
  expect((await fly.state(made.id))?.pid).toBe(next);
  expect(await processState(pid)).toBe('T');
  await fly.control('POST', 'rejoin');
  await eventually('it goes on', async () =>
    (await processState(pid)) === 'T' ? undefined : true,
  );
  await stack.restart();
  fly = stack.client();
  expect(isRunning(pid)).toBe(false);
});

test('a machine can get less time to stop than was promised', async () => {
  await fly.control('PUT', 'patience', { ms: 200 });
  const made = await fly.create({
    env: { TEST_STUBBORN: '1' },
    stop_config: { signal: 'SIGTERM', timeout: '300s' },
  });
  const pid = await booted(made.id);
  await fly.call('POST', `/${made.id}/stop`, {});
  await inState(made.id, 'stopped');
  expect(isRunning(pid)).toBe(false);
});
