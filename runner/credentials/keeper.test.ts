import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeHost, linkFile } from '../engine/testing/fake-host.ts';
import { parseEnv } from '../env.ts';
import { SessionFolder } from '../session/session-folder.ts';
import type { Runner, RunnerOptions } from '../start.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const SOON = { RUNNER_SNAPSHOT_AFTER_SECONDS: '0.1', RUNNER_SNAPSHOT_EVERY_SECONDS: '0.1' };

const stage = useStage();
const credentials = () => stage().edge.credentials;
const logged = (event: string): number =>
  stage().logged.filter((line) => line.includes(`"${event}"`)).length;

const dirOf = (runnerId: string): string => join(stage().dataDir, runnerId);
const linkOf = (runnerId: string, session: string): string =>
  linkFile(new SessionFolder(dirOf(runnerId), session).stateDir);

/** A runner on a disk of its own. The one before must have been stopped. */
function start(
  runnerId: string,
  env: Record<string, string> = {},
  change: Partial<RunnerOptions> = {},
): Promise<Runner> {
  const whole = {
    ...stage().env(),
    RUNNER_ID: runnerId,
    WWEBJS_DATA_DIR: dirOf(runnerId),
    ...env,
  };
  return stage().startHere({ env: parseEnv(whole), ...change });
}

async function online(runnerId: string, session: string, env: Record<string, string> = {}) {
  stage().edge.session(session).statuses.length = 0;
  const runner = await start(runnerId, env);
  await stage().edge.online(session);
  return runner;
}

const statuses = (session: string) => stage().edge.session(session).statuses;

describe('a session whose runner is gone', () => {
  it('comes up on another one without a code, after a drain', async () => {
    const session = stage().edge.addSession();
    const first = await online('one', session);
    await first.stop();
    expect(credentials().kept(session)).toMatchObject([
      { version: 1, epoch: 1, commit: { phoneNumber: '15550001234', formatVersion: 1 } },
    ]);
    rmSync(dirOf('one'), { recursive: true });
    await online('two', session);
    expect(statuses(session)).toEqual(['reconnecting', 'online']);
    expect(readFileSync(linkOf('two', session), 'utf8')).toBe('linked');
  });

  it('comes up from a copy that was taken while it ran, when the runner was killed', async () => {
    stage().extraEnv = SOON;
    const session = stage().edge.addSession();
    await stage().spawn();
    await until('a copy', () => credentials().kept(session).length > 0);
    await stage().kill();
    rmSync(stage().env()['WWEBJS_DATA_DIR'] ?? '', { recursive: true });
    await online('two', session);
    expect(statuses(session)).toEqual(['reconnecting', 'online']);
  });

  it('never goes on from an old profile once another owner ran', async () => {
    const session = stage().edge.addSession();
    await (await online('one', session)).stop();
    const second = await online('two', session);
    appendFileSync(linkOf('two', session), ', and then on two');
    await second.stop();
    await online('one', session);
    expect(readFileSync(linkOf('one', session), 'utf8')).toBe('linked, and then on two');
    expect(existsSync(join(dirOf('one'), 'sessions', session, 'quarantined-profile'))).toBe(true);
  });

  it('goes on from its own disk when nobody ran it since', async () => {
    const session = stage().edge.addSession();
    await (await online('one', session)).stop();
    await online('one', session);
    expect(credentials().restores).toEqual([]);
  });

  it('shows no code while the edge or storage is out of reach', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await (await online('one', session)).stop();
    edge.down.add('credentials/restore').add('storage');
    statuses(session).length = 0;
    await start('two');
    await until('it tried', () => edge.told(session, 'session.reconnect').length > 1);
    edge.down.delete('credentials/restore');
    await until('it asked for the bundle', () => credentials().restores.length > 0);
    edge.down.delete('storage');
    await edge.online(session);
    expect(statuses(session)).not.toContain('qr');
    expect(stage().whatsapp.engines).toHaveLength(2);
  });

  it('is not opened by an older engine, which says so and shows no code', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const newer = await start('one', {}, { hosts: { wwebjs: fakeHost(2) } });
    await edge.online(session);
    await newer.stop();
    await start('two', {}, { hosts: { wwebjs: fakeHost(1) } });
    const attempt = await until('it says why', () =>
      edge.told(session, 'session.reconnect').at(-1),
    );
    expect(attempt.reason).toContain('newer engine');
    expect(stage().whatsapp.engines).toHaveLength(1);
  });
});

describe('a damaged or foreign bundle', () => {
  async function twoVersions(session: string): Promise<void> {
    await (await online('one', session)).stop();
    const again = await online('one', session);
    appendFileSync(linkOf('one', session), ', twice');
    await again.stop();
    expect(credentials().kept(session)).toHaveLength(2);
  }

  it.each<[string, (newest: Buffer, theirs: Buffer) => Buffer]>([
    [
      'changed by a bit',
      (newest) => Buffer.from(newest.map((byte, at) => (at === 60 ? byte ^ 1 : byte))),
    ],
    ['cut off', (newest) => newest.subarray(0, -10)],
    ['empty', () => Buffer.alloc(0)],
    ['another session’s', (_, theirs) => theirs],
  ])('is refused when it is %s, and the version before is tried', async (_, change) => {
    const { edge } = stage();
    const [session, other] = [edge.addSession(), edge.addSession()];
    await twoVersions(session);
    const theirs = edge.stored.get(`${other}-1`);
    const newest = edge.stored.get(`${session}-2`);
    if (theirs === undefined || newest === undefined) throw new Error('nothing was stored');
    edge.stored.set(`${session}-2`, change(newest, theirs));
    await online('two', session);
    expect(readFileSync(linkOf('two', session), 'utf8')).toBe('linked');
    expect(statuses(session)).toEqual(['reconnecting', 'online']);
    const asked = credentials().restores.filter(({ sessionId }) => sessionId === session);
    expect(asked.map(({ failed }) => failed.map(({ version }) => version))).toEqual([[], [2]]);
    expect(logged('credentials.unopenable')).toBe(1);
  });

  it('is refused when it opens and is not the one that was committed', async () => {
    const session = stage().edge.addSession();
    await twoVersions(session);
    const newest = credentials().kept(session).at(-1);
    if (newest === undefined) throw new Error('nothing was kept');
    newest.commit.sha256 = 'ab'.repeat(32);
    await online('two', session);
    expect(readFileSync(linkOf('two', session), 'utf8')).toBe('linked');
    expect(logged('credentials.unopenable')).toBe(1);
  });

  it('is refused when it is another tenant’s, even with that one’s key', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await twoVersions(session);
    edge.session(session).assignment.workspaceId = 'wks_another';
    await start('two');
    const shown = await until('it begins anew', () =>
      edge.told(session, 'session.status').find(({ reason }) => reason.includes('no kept version')),
    );
    expect(shown).toMatchObject({ status: 'starting' });
    expect(logged('credentials.unopenable')).toBe(2);
  });

  it('leads to a QR code, with the reason, when there is no other', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await (await online('one', session)).stop();
    edge.stored.delete(`${session}-1`);
    await online('two', session);
    expect(statuses(session)).toEqual(['starting', 'qr', 'authenticating', 'online']);
    const reasons = edge.told(session, 'session.status').map(({ reason }) => reason);
    expect(reasons).toContain('start: no kept version opens');
  });
});

describe('no copy is made of', () => {
  it('a session that was logged out, and what was kept is not restored by its own runner', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const runner = await online('one', session);
    whatsapp.engineOf(session).emit({ type: 'logged_out', reason: 'LOGOUT' });
    await until('it is logged out', () => statuses(session).at(-1) === 'logged_out');
    await edge.command(session, 'qr', { waitMs: 5_000 });
    await edge.online(session);
    expect(statuses(session).slice(-4)).toEqual(['starting', 'qr', 'authenticating', 'online']);
    expect(credentials().restores).toEqual([]);
    await runner.stop();
    expect(credentials().kept(session)).toHaveLength(1);
  });

  it('a page that lost its registration', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const runner = await online('one', session);
    whatsapp.engineOf(session).emit({ type: 'qr', qr: '2@again', expiresAt: Date.now() + 60_000 });
    await until('it shows a code', () => statuses(session).at(-1) === 'qr');
    await runner.stop();
    expect(credentials().versions).toEqual([]);
  });

  it('a session with another number than before', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession({ phoneNumber: '15559990000' });
    const runner = await start('one', SOON);
    await until('it asks for a person', () => statuses(session).at(-1) === 'action_required');
    expect(edge.told(session, 'session.status').at(-1)?.action).toBe('number_changed');
    await runner.stop();
    expect(whatsapp.engineOf(session).calls).not.toContain('paused');
    expect(credentials().versions).toEqual([]);
  });

  it('a session that changed nothing since the last', async () => {
    const session = stage().edge.addSession();
    const runner = await online('one', session, SOON);
    await until('a copy', () => credentials().kept(session).length > 0);
    await runner.stop();
    // Of the one there is it is said that it has everything.
    expect(credentials().kept(session)).toMatchObject([{ commit: { atRest: true } }]);
  });
});

describe('the generation of a profile', () => {
  it('rises with each copy, and goes along to the next runner', async () => {
    const session = stage().edge.addSession();
    for (const runnerId of ['one', 'two', 'two']) {
      const runner = await online(runnerId, session);
      appendFileSync(linkOf(runnerId, session), ` on ${runnerId}`);
      await runner.stop();
    }
    const commits = credentials()
      .kept(session)
      .map(({ commit }) => commit);
    expect(commits.map(({ generation }) => generation)).toEqual([0, 1, 2]);
    expect(commits.map(({ atRest }) => atRest)).toEqual([true, true, true]);
  });

  it('is lower than the copy’s on a disk that went back: the copy is restored', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    await (await online('one', session)).stop();
    edge.session(session).assignment.keptVersion = 2;
    await online('one', session);
    expect(credentials().restores).toHaveLength(1);
    expect(statuses(session)).toEqual(['reconnecting', 'online']);
  });

  it('is not used again after a copy was refused', async () => {
    const session = stage().edge.addSession();
    credentials().refusal = 'not_stored';
    await (await online('one', session)).stop();
    credentials().refusal = null;
    await (await online('one', session)).stop();
    expect(credentials().kept(session)).toMatchObject([{ version: 2, commit: { generation: 1 } }]);
  });
});

it('a refused copy leaves the session as it is, and is logged', async () => {
  const session = stage().edge.addSession();
  credentials().refusal = 'not_stored';
  const runner = await online('one', session, SOON);
  await until('it is told', () =>
    stage().logged.some((line) => line.includes('not_kept') && line.includes('not_stored')),
  );
  expect(statuses(session).at(-1)).toBe('online');
  credentials().refusal = null;
  appendFileSync(linkOf('one', session), ' and more');
  await until('a copy', () => credentials().kept(session).length > 0);
  await runner.stop();
});
