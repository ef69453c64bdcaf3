import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { sized } from '../testing/env.ts';
import { SessionView } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import type { Site } from './nemesis.ts';
import { runUnder } from './run.ts';

const SESSIONS = sized(2, 6);
/** Traffic before the fault, so that every session has been copied, and after it. */
const BEFORE_MS = 8_000;
const AFTER_MS = 5_000;

export const viewOf = async (deployment: Deployment, id: string) =>
  (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);

export const allOnline = (
  { deployment, sessions }: Site,
  what: string,
  fits: (view: Awaited<ReturnType<typeof viewOf>>) => boolean,
  withinMs: number,
) =>
  until(
    what,
    async () => {
      const views = await Promise.all(sessions.map(({ id }) => viewOf(deployment, id)));
      return views.every((view) => view.status === 'online' && fits(view)) ? true : undefined;
    },
    withinMs,
  );

/** Traffic, the fault, what is waited for, and a little more traffic. */
export const under = (
  deployment: Deployment,
  { seed, sessions = SESSIONS }: { seed: number; sessions?: number },
  fault: (site: Site) => Promise<string>,
) =>
  runUnder(deployment, { seed, sessions }, async (site) => {
    await sleep(BEFORE_MS);
    const at = Date.now();
    const what = await fault(site);
    await sleep(AFTER_MS);
    return [{ at, what }];
  });

export const PEACE = { findings: [], askedForQr: false };
