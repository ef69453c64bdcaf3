import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collector, watchSessions } from './chaos/observe.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { queryDatabase } from './testing/database.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { sized } from './testing/env.ts';
import { doubleOwners, familyOf, liveBrowsers, readProcesses } from './testing/live-processes.ts';
import { mostResident, residentMb } from './testing/memory.ts';
import { runnerLog } from './testing/runner-log.ts';
import { HAS_LEFT, onlineSession, ownerPid, sendText, SessionView } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const RUNNER = 'runner-1';
/** `RUNNER_START_CAP`, which the launcher leaves at its default. */
const START_CAP = 3;
const CROWD = sized(6, 20);
const FLOOD = sized(200, 1_000);
/** What a flood may add to a runner, beside the 16 MB of reports that it keeps in memory: rubbish not yet collected. */
const FLOOD_MB = 150;

describe('many on one runner', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment({
      environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '1', RUNNER_MAX_SESSIONS: String(CROWD) },
    });
  });
  afterAll(() => deployment.dispose());

  const viewOf = async (id: string) =>
    (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
  const browserOf = (id: string) => {
    const [browser] = liveBrowsers(deployment.directory).filter(
      ({ sessionId }) => sessionId === id,
    );
    if (browser === undefined) throw new Error(`${id} has no browser`);
    return browser;
  };
  const send = async (sessionId: string, text: string) => {
    const { httpStatus, message } = await sendText(deployment, { sessionId, text, wait: 30 });
    return { text, httpStatus, left: HAS_LEFT.includes(message.status) };
  };
  /** Sends one after the other until the signal says stop, and two at least. */
  async function keepSending(sessionId: string, signal: AbortSignal) {
    const sends = [];
    while (!signal.aborted || sends.length < 2)
      sends.push(await send(sessionId, `neighbour ${sends.length}`));
    return sends;
  }
  const replaced = (id: string, before: number) =>
    until(
      `another browser for ${id}`,
      async () => {
        const pid = browserOf(id).pid;
        return pid !== before && (await viewOf(id)).status === 'online' ? pid : undefined;
      },
      90_000,
    );

  it('a browser that is killed and a page that runs out of memory do not affect the neighbour', async () => {
    const [killed, swollen, neighbour] = [
      await onlineSession(deployment, 'killed'),
      await onlineSession(deployment, 'swollen'),
      await onlineSession(deployment, 'neighbour'),
    ];
    const { phone, at } = await worldOf(deployment, neighbour.phoneNumber);
    const its = browserOf(neighbour.id);
    const family = familyOf(its.parent);
    const stop = new AbortController();
    const sending = keepSending(neighbour.id, stop.signal);

    const first = browserOf(killed.id);
    process.kill(first.pid, 'SIGKILL');
    await replaced(killed.id, first.pid);

    const second = browserOf(swollen.id);
    const { phone: other, at: there } = await worldOf(deployment, swollen.phoneNumber);
    const page = rendererOf(second.pid);
    // It can have no more memory than it has now, and needs more.
    execFileSync('prlimit', ['--pid', String(page), `--as=${1024 * 1024}`]);
    await other
      .pageEval({ ...there, js: 'for (const all = [];;) all.push(new Uint8Array(1e7).fill(1))' })
      .catch(() => undefined);
    await until('the page is dead', () =>
      Promise.resolve(readProcesses().every(({ pid }) => pid !== page) ? true : undefined),
    );
    await replaced(swollen.id, second.pid);

    stop.abort();
    const sends = await sending;
    expect(sends.filter(({ httpStatus, left }) => httpStatus !== 200 || !left)).toEqual([]);
    const { records } = await phone.wire(at);
    expect(records.map(({ body }) => body)).toEqual(sends.map(({ text }) => text));
    expect(familyOf(its.parent)).toEqual(expect.arrayContaining(family));
    expect((await phone.violations(at)).violations).toEqual([]);
    for (const { id } of [killed, swollen]) {
      const log = (await deployment.api.call('GET', `/v1/sessions/${id}/events?limit=50`)).data(
        z.array(z.object({ type: z.string(), reason: z.string() })),
      );
      expect(log.filter(({ type }) => type === 'reconnect')).not.toEqual([]);
    }
    const quiet = (
      await deployment.api.call('GET', `/v1/sessions/${neighbour.id}/events?limit=50`)
    ).data(z.array(z.object({ type: z.string() })));
    expect(quiet.filter(({ type }) => type === 'reconnect')).toEqual([]);
    for (const { id } of [killed, swollen, neighbour])
      await deployment.api.call('DELETE', `/v1/sessions/${id}`);
  });

  it(`${FLOOD} messages at once: each arrives once and in order, and the neighbour still receives`, async () => {
    const { api, inspector } = deployment;
    const flooded = await onlineSession(deployment, 'flooded');
    const neighbour = await onlineSession(deployment, 'beside-the-flood');
    const { phone, at } = await worldOf(deployment, flooded.phoneNumber);
    const made = await api.call('POST', '/v1/webhooks', {
      body: {
        url: inspector.url('flood'),
        eventTypes: ['message.received'],
        sessionIds: [flooded.id],
        fifo: true,
      },
    });
    expect(made.status).toBe(201);
    const watched = [await ownerPid(deployment, flooded.id), browserOf(flooded.id).parent];
    const before = watched.map(residentMb);
    const stop = new AbortController();
    const memory = mostResident(watched, stop.signal);
    const sending = keepSending(neighbour.id, stop.signal);

    const told = await Promise.all(
      Array.from({ length: FLOOD }, (_, index) =>
        phone.message({ ...at, from: '+15550100009', body: `drop ${index}` }),
      ),
    );
    expect(new Set(told.map(({ wireId }) => wireId)).size).toBe(FLOOD);
    const count = async (): Promise<number> =>
      (
        await queryDatabase(
          deployment,
          z.object({ count: z.coerce.number() }),
          `select count(*) from events where session_id = $1 and type = 'message.received'`,
          [flooded.id],
        )
      )[0]?.count ?? 0;
    await until(
      'every message to be an event',
      async () => {
        const events = await count();
        if (events < FLOOD) throw new Error(`${events} are`);
        return true as const;
      },
      120_000,
    );
    stop.abort();
    const sends = await sending;
    const most = await memory;
    expect(sends.filter(({ httpStatus, left }) => httpStatus !== 200 || !left)).toEqual([]);
    most.forEach((mb, index) => expect(mb - (before[index] ?? 0)).toBeLessThan(FLOOD_MB));

    const collect = collector(deployment, ['flood']);
    const arrived = await until(
      'every event to reach the webhook',
      async () => {
        const delivered = (await collect()).filter(({ status }) => status === 200);
        if (delivered.length < FLOOD) throw new Error(`${delivered.length} have`);
        return delivered;
      },
      240_000,
    );
    const { messages } = await phone.account({ ...at, limit: FLOOD });
    expect(arrived.map(({ wireId }) => wireId)).toEqual(messages.map(({ wireId }) => wireId));
    expect(await count()).toBe(FLOOD);
    for (const { id } of [flooded, neighbour]) await api.call('DELETE', `/v1/sessions/${id}`);
  }, 600_000);

  it(`${CROWD} linked sessions start again together: a few at a time, while the API answers`, async () => {
    const { api, directory } = deployment;
    const sessions = [{ id: (await deployment.facts()).sessionId }];
    while (sessions.length < CROWD)
      sessions.push(await onlineSession(deployment, `crowd-${sessions.length}`));
    const pid = await ownerPid(deployment, sessions[0]?.id ?? '');

    const stop = new AbortController();
    const looks: { at: number; browsers: ReturnType<typeof liveBrowsers> }[] = [];
    const answers: number[] = [];
    const watching = Promise.all([
      watchSessions(deployment, stop.signal),
      (async () => {
        while (!stop.signal.aborted) {
          looks.push({ at: Date.now(), browsers: liveBrowsers(directory) });
          await sleep(100);
        }
      })(),
      (async () => {
        while (!stop.signal.aborted) {
          answers.push((await api.call('GET', '/v1/messages?limit=1')).status);
          await sleep(100);
        }
      })(),
    ]);
    const killedAt = Date.now();
    process.kill(pid, 'SIGKILL');
    await until('its browsers are dead', () =>
      Promise.resolve(liveBrowsers(directory).length === 0 ? true : undefined),
    );
    const restartedAt = Date.now();
    const sends = await Promise.all(
      sessions.map(({ id }) => sendText(deployment, { sessionId: id, text: 'while it is away' })),
    );
    expect(sends.map(({ httpStatus }) => httpStatus)).toEqual(sessions.map(() => 202));
    await until(
      'all are online, and have sent',
      async () => {
        const views = await Promise.all(sessions.map(({ id }) => viewOf(id)));
        const away = views.filter(({ status }) => status !== 'online');
        if (away.length > 0) throw new Error(away.map(({ status }) => status).join());
        const statuses = await Promise.all(
          sends.map(async ({ message }) =>
            (await api.call('GET', `/v1/messages/${message.id}`)).data(
              z.object({ status: z.string() }),
            ),
          ),
        );
        return statuses.every(({ status }) => HAS_LEFT.includes(status)) ? true : undefined;
      },
      240_000,
    );
    stop.abort();
    const [seen] = await watching;
    expect(new Set(answers)).toEqual(new Set([200]));
    const codes = seen.flatMap((look) =>
      [...look.sessions].filter(([, { status }]) => ['qr', 'pairing_code'].includes(status)),
    );
    expect(codes).toEqual([]);
    expect(doubleOwners(looks.map(({ browsers }) => browsers))).toEqual([]);

    const log = await runnerLog(deployment, RUNNER, killedAt);
    const steps = log.filter(({ event }) => /^engine\.start(ing|ed)$/.test(event));
    let starting = 0;
    const atOnce = steps.map(({ event }) => (starting += event === 'engine.starting' ? 1 : -1));
    expect(steps.filter(({ event }) => event === 'engine.started')).toHaveLength(CROWD);
    expect(Math.max(...atOnce)).toBe(START_CAP);
    // The process table says the same: no more browsers than have started, and those few.
    const tooMany = looks
      .filter(({ at }) => at > restartedAt)
      .filter(({ at, browsers }) => {
        const started = steps.filter((step) => step.event === 'engine.started' && step.at <= at);
        return browsers.length > started.length + START_CAP;
      });
    expect(tooMany).toEqual([]);
  }, 600_000);
});

/** The process that holds a browser's page. */
function rendererOf(browserPid: number): number {
  const table = readProcesses();
  const family = new Set(familyOf(browserPid, table));
  const [renderer] = table.filter(
    ({ pid, command }) => family.has(pid) && command.includes('--type=renderer'),
  );
  if (renderer === undefined) throw new Error(`${browserPid} has no page`);
  return renderer.pid;
}
