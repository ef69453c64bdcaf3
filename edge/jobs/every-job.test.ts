import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../context.ts';
import { newOwnedSession } from '../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { JOBS, type JobName } from './cron.ts';
import * as cleanUps from './testing/clean-up-worlds.ts';
import * as progress from './testing/job-worlds.ts';
import * as whole from './testing/whole-worlds.ts';

const STAGES: Record<JobName, progress.Stage> = { ...progress, ...cleanUps, ...whole };

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/**
 * Services of a run that is cut off: from the call number `at` on, neither database nor neighbours are reached.
 * `reached` says whether it came so far.
 */
function cutOff(services: Services, at: number) {
  let calls = 0;
  const door = <Door extends object>(of: Door): Door =>
    new Proxy(of, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          calls += 1;
          if (calls >= at) throw new Error('cut off');
          return Reflect.apply(value, target, given);
        };
      },
    });
  const { db, objects, webhookClock, mailer, fleet } = services;
  return {
    reached: () => calls >= at,
    services: {
      ...services,
      db: door(db),
      objects: door(objects),
      webhookClock: door(webhookClock),
      mailer: door(mailer),
      fleet: door(fleet),
    },
  };
}

describe.each(Object.entries(STAGES))('%s, days late', (name, stage) => {
  const job = Object.entries(JOBS).find(([known]) => known === name)?.[1];
  if (job === undefined) throw new Error(`no job ${name}`);

  const staged = async () => {
    const { read, instead, later = () => Promise.resolve() } = await stage(harness);
    return {
      read,
      later,
      services: (): Services => {
        const services = harness.services();
        return { ...services, ...instead?.(services) };
      },
    };
  };
  const done = async (): Promise<unknown> => {
    const { read, services } = await staged();
    const before = await read();
    await job(services());
    const after = await read();
    expect(after).not.toEqual(before);
    return after;
  };

  it('does the same when it runs twice at once, and again', async () => {
    const once = await done();
    const { read, services } = await staged();
    await Promise.all([job(services()), job(services())]);
    await job(services());
    expect(await read()).toEqual(once);
  });

  it('is finished by the next run wherever it was cut off', { timeout: 60_000 }, async () => {
    const once = await done();
    for (let at = 1; ; at += 1) {
      const { read, services, later } = await staged();
      const run = cutOff(services(), at);
      await job(run.services).catch(() => undefined);
      await later();
      if (run.reached()) await job(services());
      expect(await read(), `cut off at call ${at}`).toEqual(once);
      if (!run.reached()) return;
    }
  });
});

describe('a round', () => {
  it('expires a bounded number of messages, and the next one goes on', async () => {
    const { workspaceId, sessionId } = await newOwnedSession(harness);
    await harness.db.execute(sql`
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, queue_seq, expires_at)
      select ${workspaceId} || n, ${workspaceId}, ${sessionId}, 'outbound', '15550100001@c.us', 'text',
        '{"type":"text","text":"hello"}', 'queued', 0, n, now() - interval '3 days'
      from generate_series(1, 2100) n`);
    const queued = () =>
      harness.db.$count(
        harness.schema.messages,
        sql`workspace_id = ${workspaceId} and status = 'queued'`,
      );
    await JOBS.expireQueuedMessages(harness.services());
    expect(await queued()).toBe(100);
    await JOBS.expireQueuedMessages(harness.services());
    expect(await queued()).toBe(0);
  });
});
