import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERRORS } from '../shared/errors.ts';
import { seededRandom } from './testing/random.ts';
import { SOON_COPIED } from './chaos/run.ts';
import { queryDatabase } from './testing/database.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { sized } from './testing/env.ts';
import {
  doubleOwners,
  liveBrowsers,
  sessionProcesses,
  watchBrowsers,
} from './testing/live-processes.ts';
import { wake } from './testing/more-runners.ts';
import { HAS_LEFT, onlineSession, sendText, SessionView } from './testing/session.ts';
import { until } from './testing/until.ts';

const SEED = 21;
const ACTS = sized(80, 200);
const CLIENTS = 6;
/** Clients that all act on the same session; the others act on any. */
const ON_ONE = 3;
const SESSIONS = 8;
/** Every fifth act or so ends a session; another takes its place. */
const KINDS = [
  ...Array<'start' | 'stop' | 'restart'>(4).fill('start'),
  ...Array<'start' | 'stop' | 'restart'>(4).fill('stop'),
  ...Array<'start' | 'stop' | 'restart'>(4).fill('restart'),
  ...Array<'delete'>(3).fill('delete'),
] as const;

describe('start, stop, restart and delete raced', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' } });
  });
  afterAll(() => deployment.dispose());

  let named = 0;
  const newSession = async (): Promise<string> => {
    named += 1;
    const made = await deployment.api.call('POST', '/v1/sessions', {
      body: { name: `raced-${named}`, mode: 'sandbox' },
    });
    return made.data(SessionView).id;
  };

  it(`${ACTS} times by six clients: every answer is a success or a clear error, and nothing is left of deleted sessions`, async () => {
    const { api, directory } = deployment;
    const random = seededRandom(SEED);
    const kept = (await deployment.facts()).sessionId;
    // One that is linked, so that there are copies of its credentials too.
    const linked = await onlineSession(deployment, 'raced-linked');
    const everMade = [linked.id];
    await until('it was copied', async () => {
      const rows = await rowsOf(deployment, 'session_credentials', everMade);
      return rows.length > 0 ? true : undefined;
    });
    const pool = [linked.id];
    while (pool.length < SESSIONS) pool.push(await newSession());
    everMade.push(...pool.slice(1));

    const odd: string[] = [];
    let left = ACTS;
    const client = async (onOne: boolean): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const kind = random.pick(KINDS);
        const id = onOne ? (pool[0] ?? '') : random.pick(pool);
        const answer =
          kind === 'delete'
            ? await api.call('DELETE', `/v1/sessions/${id}`)
            : await api.call('POST', `/v1/sessions/${id}/${kind}`);
        if (!isAnAnswer(answer)) odd.push(`${kind} ${id}: ${answer.status} ${answer.text}`);
        if (kind !== 'delete') continue;
        const place = pool.indexOf(id);
        if (place < 0) continue;
        const next = await newSession();
        everMade.push(next);
        pool[place] = next;
      }
    };
    const stop = new AbortController();
    const watching = watchBrowsers(directory, stop.signal);
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index < ON_ONE)));
    for (const id of everMade) await api.call('DELETE', `/v1/sessions/${id}`);
    stop.abort();
    const looks = await watching;
    expect(odd).toEqual([]);
    expect(doubleOwners(looks)).toEqual([]);
    expect(looks.some((look) => look.length > 2)).toBe(true);

    await until('no browser is left but one', () => {
      const alive = liveBrowsers(directory).map(({ sessionId }) => sessionId);
      if (alive.join() !== kept) throw new Error(alive.join());
      return Promise.resolve(true as const);
    });
    await until('no process is left but one', () =>
      Promise.resolve(sessionProcesses(directory).length === 1 ? true : undefined),
    );
    await until('no folder or journal is left', () => {
      const found = ownFiles(directory).filter((path) => everMade.some((id) => path.includes(id)));
      if (found.length > 0) throw new Error(found.join());
      return Promise.resolve(true as const);
    });
    for (const table of OF_A_SESSION)
      expect(await rowsOf(deployment, table, everMade), table).toEqual([]);

    const fresh = await onlineSession(deployment, 'after-the-race');
    const { message } = await sendText(deployment, { sessionId: fresh.id, text: 'on', wait: 20 });
    expect(HAS_LEFT).toContain(message.status);
  });
});

const isAnAnswer = ({ status, error }: { status: number; error: () => { code: string } }) =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && error().code in ERRORS);

const OF_A_SESSION = [
  '(select id as session_id from sessions) as themselves',
  'session_leases',
  'session_credentials',
  'lease_history',
  'session_log',
] as const;

const rowsOf = (
  deployment: Deployment,
  table: (typeof OF_A_SESSION)[number],
  ids: readonly string[],
) =>
  queryDatabase(
    deployment,
    z.object({ session_id: z.string() }),
    `select session_id from ${table} where session_id = any($1::text[])`,
    [ids],
  );

/** Folders of sessions and their journals on every runner's disk. */
const ownFiles = (directory: string): string[] =>
  readdirSync(join(directory, 'data'))
    .filter((name) => name.startsWith('runner-'))
    .flatMap((runner) =>
      ['sessions', 'journal'].map((kind) => join(directory, 'data', runner, kind)),
    )
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

describe('two runners that claim the same sessions at once', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment({ environment: { WAYPOST_RUNNERS: '2' } });
  });
  afterAll(() => deployment.dispose());

  /** More than one runner may start at once (`RUNNER_START_CAP`), so that neither can have them all. */
  const AT_ONCE = 5;
  const CLAIMS = sized(15, 50);

  it(`${CLAIMS} times: each has one owner, and only that one starts a browser`, async () => {
    const { api, directory } = deployment;
    const ids: string[] = [];
    for (let index = 0; index < AT_ONCE; index += 1) {
      const made = await api.call('POST', '/v1/sessions', {
        body: { name: `claimed-${index}`, mode: 'sandbox' },
      });
      ids.push(made.data(SessionView).id);
    }
    const ask = <Row extends z.ZodType>(row: Row, sql: string) =>
      queryDatabase(deployment, row, sql, [ids]);
    const runners = await queryDatabase(
      deployment,
      z.object({ runnerId: z.string(), bootId: z.string(), url: z.url() }),
      'select id as "runnerId", boot_id as "bootId", url from runners',
    );
    expect(runners).toHaveLength(2);
    const ours = () => liveBrowsers(directory).filter(({ sessionId }) => ids.includes(sessionId));

    const stop = new AbortController();
    const watching = watchBrowsers(directory, stop.signal, 20);
    const winners: string[] = [];
    for (let claims = 0; claims < CLAIMS; claims += AT_ONCE) {
      for (const id of ids)
        expect((await api.call('POST', `/v1/sessions/${id}/stop`)).status).toBe(200);
      await until(
        'all have ended',
        async () => {
          const at = await ask(
            z.object({ id: z.string(), status: z.string(), reason: z.string() }),
            'select id, status, reason from sessions where id = any($1::text[])',
          );
          const alive = ours();
          const open = at.filter(({ status }) => status !== 'disconnected');
          if (open.length + alive.length > 0) throw new Error(JSON.stringify({ open, alive }));
          return true as const;
        },
        90_000,
      );
      const before = await epochs();
      // Wanted, and nobody's: what a start leaves when no runner can be placed on.
      await ask(
        z.unknown(),
        `update session_leases set desired = 'running', runner_id = null, boot_id = null, lease_until = null
         where session_id = any($1::text[])`,
      );
      await until(
        'all are claimed',
        async () => {
          await Promise.all(runners.map((runner) => wake(deployment, runner)));
          return ours().length === ids.length ? true : undefined;
        },
        90_000,
      );
      const after = await epochs();
      for (const [index, { epoch }] of before.entries())
        expect(after[index]?.epoch, 'one claim won').toBe(epoch + 1);
      // The one that the database names is the one whose browser runs.
      for (const { session_id, runner_id } of after) {
        const [browser] = ours().filter(({ sessionId }) => sessionId === session_id);
        expect(browser?.profileDir).toContain(`/${runner_id}/`);
        winners.push(runner_id ?? '');
      }
    }
    stop.abort();
    const looks = await watching;
    expect(doubleOwners(looks)).toEqual([]);
    expect(winners).toHaveLength(CLAIMS);
    // Both won something: they did race.
    expect(new Set(winners)).toEqual(new Set(runners.map(({ runnerId }) => runnerId)));
    const twice = await ask(
      z.object({ session_id: z.string() }),
      `select session_id from lease_history where session_id = any($1::text[])
       group by session_id, epoch having count(*) > 1`,
    );
    expect(twice).toEqual([]);

    function epochs() {
      return ask(
        z.object({
          session_id: z.string(),
          epoch: z.coerce.number(),
          runner_id: z.string().nullable(),
        }),
        `select session_id, epoch, runner_id from session_leases
         where session_id = any($1::text[]) order by session_id`,
      );
    }
  });
});
