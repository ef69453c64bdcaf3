import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { flyOf } from './testing/fly.ts';
import { HAS_LEFT, onlineSession, sendText, SessionView, settled } from './testing/session.ts';
import { processesUnder } from './testing/processes.ts';
import { until } from './testing/until.ts';

describe('a fleet on the Machines API, one machine per session', () => {
  let deployment: Deployment;
  let fly: Awaited<ReturnType<typeof flyOf>>;
  beforeAll(async () => {
    deployment = await startDeployment({
      environment: {
        WAYPOST_FLEET: 'fly',
        RUNNER_MAX_SESSIONS: '1',
        FLEET_REGIONS: 'fra,iad',
        FLEET_IDLE_MINUTES: '0.2',
        RUNNER_SNAPSHOT_AFTER_SECONDS: '1',
      },
    });
    fly = await flyOf(deployment);
  });
  afterAll(() => deployment.dispose());

  const viewOf = async (id: string) =>
    (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
  const started = async () =>
    (await fly.machines()).filter(({ state }) => state === 'started').map(({ id }) => id);

  it('makes a machine for each session, replaces a dead one, restarts a crashed one, and stops an idle one', async () => {
    const { sessionId: first } = await deployment.facts();
    const second = await onlineSession(deployment, 'second');
    const third = await onlineSession(deployment, 'third');
    const sessions = [first, second.id, third.id];
    const owners = await Promise.all(sessions.map(async (id) => (await viewOf(id)).runner?.id));
    expect(new Set(owners)).toEqual(new Set(await started()));
    expect(new Set(owners).size).toBe(3);

    const [, crashed = '', lost = ''] = owners;
    const epoch = (await viewOf(second.id)).runner?.epoch ?? 0;
    const pid = (await fly.machines()).find(({ id }) => id === crashed)?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await fly.until('the crashed session to be back on its machine', async () => {
      const { status, runner } = await viewOf(second.id);
      const back = status === 'online' && runner?.id === crashed && runner.epoch > epoch;
      return back ? true : undefined;
    });

    await until('the credentials of the third session to be kept', async () => {
      const kept = (await fly.logOf(lost)).includes('credentials.kept');
      return kept ? true : undefined;
    });
    await fly.lose(lost, 'failed');
    const next = await fly.until(
      'the session of the lost machine to be online on another',
      async () => {
        const { status, runner } = await viewOf(third.id);
        return status === 'online' && runner !== null && runner.id !== lost ? runner.id : undefined;
      },
    );
    expect(await started()).toContain(next);
    expect((await fly.machines()).map(({ id }) => id)).not.toContain(lost);
    const { message } = await sendText(deployment, { sessionId: third.id, text: 'still linked' });
    expect(HAS_LEFT).toContain((await settled(deployment, message.id)).status);

    const deleted = await deployment.api.call('DELETE', `/v1/sessions/${second.id}`);
    expect(deleted.status).toBe(200);
    await fly.until('the idle machine to be stopped', async () =>
      (await fly.machines()).find(({ id }) => id === crashed)?.state === 'stopped'
        ? true
        : undefined,
    );
    expect(new Set(await started())).toEqual(new Set([owners[0], next]));
    for (const id of [first, third.id]) expect((await viewOf(id)).status).toBe('online');

    const fourth = await onlineSession(deployment, 'fourth');
    expect((await viewOf(fourth.id)).runner?.id).toBe(crashed);

    await deployment.stop();
    expect(await processesUnder(deployment.directory)).toEqual([]);
  }, 600_000);
});
