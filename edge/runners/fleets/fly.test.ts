import { describe, expect, it } from 'vitest';
import { flyApp } from '../../testing/fly.ts';
import { createFlyFleet, guestFor } from './fly.ts';
import { FleetUnavailableError, MachineRefusedError } from './port.ts';
import { missingRunners } from './static.ts';

const request = () => ({ requestId: `mch_${crypto.randomUUID().slice(0, 13)}`, region: 'fra' });

describe('a fleet on Fly', () => {
  it('makes, lists, stops, starts and destroys a machine; once each', async () => {
    const { fleet, machines, inState } = flyApp();
    const wanted = request();
    const made = await fleet.create(wanted);
    expect(made).toMatchObject({ requestId: wanted.requestId, region: 'fra', image: 'runner:1' });
    await inState(made.machineId, 'started');
    expect(await fleet.list()).toEqual([{ ...made, state: 'started' }]);

    await fleet.stop(made.machineId);
    await inState(made.machineId, 'stopped');
    expect((await machines())[0]?.cordoned).toBe(true);
    await fleet.stop(made.machineId);
    await fleet.start(made.machineId);
    await inState(made.machineId, 'started');
    expect((await machines())[0]?.cordoned).toBe(false);

    await fleet.destroy(made.machineId);
    await fleet.destroy(made.machineId);
    expect(await fleet.list()).toEqual([]);
    await fleet.stop('nowhere');
  });

  it('lists its own machines only', async () => {
    const { fleet, env } = flyApp();
    await fetch(`${env.FLY_API_URL}/v1/apps/${env.FLY_APP}/machines`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env.FLY_API_TOKEN}` },
      body: JSON.stringify({ config: { image: 'other' }, skip_launch: true }),
    });
    expect(await fleet.list()).toEqual([]);
  });

  it('one request makes one machine, however often it is sent', async () => {
    const { fleet, machines } = flyApp();
    const wanted = request();
    const first = await fleet.create(wanted);
    const second = await fleet.create(wanted);
    expect(second.machineId).toBe(first.machineId);
    expect(await machines()).toHaveLength(1);
  });

  it.each([
    ['a 500', 500],
    ['a lost connection', 0],
  ])('finds the machine that was made before %s', async (_name, status) => {
    const { fleet, machines, fail } = flyApp();
    await fail({ action: 'create', status, done: true });
    const wanted = request();
    const made = await fleet.create(wanted);
    expect((await machines()).map(({ id }) => id)).toEqual([made.machineId]);
    expect(made.requestId).toBe(wanted.requestId);
  });

  it('asks again after a 503 that did nothing', async () => {
    const { fleet, machines, fail } = flyApp();
    await fail({ action: 'create', status: 503, times: 2 });
    const made = await fleet.create(request());
    expect((await machines()).map(({ id }) => id)).toEqual([made.machineId]);
  });

  it('goes down to one request a second when told that it is too fast, and waits as long as it is told', async () => {
    const { fleet, fail, slept, machines } = flyApp();
    await fail({ action: 'create', status: 429, times: 2, retryAfterSeconds: 1 });
    await fleet.create(request());
    expect(slept).toEqual([1_000, 1_000, 1_000, 1_000]);
    expect(await machines()).toHaveLength(1);
  });

  it('gives a call up when it would take longer than 20 seconds', async () => {
    const clock = { ms: 0 };
    const slept: number[] = [];
    const { env, fail } = flyApp();
    const fleet = createFlyFleet(env, {
      random: () => 0.5,
      now: () => clock.ms,
      sleep: async (ms) => {
        slept.push(ms);
        clock.ms += ms;
      },
    });
    await fail({ action: 'list', status: 429, times: 9, retryAfterSeconds: 9 });
    await expect(fleet.list()).rejects.toThrow(FleetUnavailableError);
    expect(slept).toEqual([9_000, 1_000, 9_000, 1_000]);
  });

  it('fails when Fly is out of reach, and leaves no unknown machine behind', async () => {
    const { fleet, fail } = flyApp();
    await fail({ action: 'list', status: 502, times: 9 });
    await expect(fleet.list()).rejects.toThrow(FleetUnavailableError);
  });

  it('tells a refusal from an outage, and a wrong token from a refusal', async () => {
    const { fleet, fail, fleetOf } = flyApp();
    await fail({ action: 'create', status: 422 });
    await expect(fleet.create(request())).rejects.toThrow(MachineRefusedError);
    const stranger = fleetOf({ FLY_API_TOKEN: 'wrong-token' });
    await expect(stranger.create(request())).rejects.toThrow('FLY_API_TOKEN');
  });
});

describe('guestFor', () => {
  it.each([
    [1, 1, 2_048],
    [3, 1, 2_048],
    [10, 4, 8_192],
    [30, 16, 32_768],
    [50, 16, 32_768],
  ])('%i sessions: %i cores and %i MB', (sessions, cpus, memory) => {
    expect(guestFor(sessions)).toMatchObject({ cpus, memory_mb: memory });
  });
});

describe('missingRunners', () => {
  it('compares origins', () => {
    const urls = ['https://a.example/', 'https://b.example:8443', 'not a url'];
    expect(missingRunners(urls, ['https://a.example', 'https://c.example'])).toEqual([
      'https://b.example:8443',
      'not a url',
    ]);
  });
});
