import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { inheritedEnvironment } from '../testing/env.ts';
import { onlineSession } from '../testing/session.ts';
import { settingsOf } from '../testing/settings.ts';
import { worldOf } from '../testing/world.ts';
import { treePssMiB } from './process-tree.ts';
import type { Row } from './report.ts';
import type { BenchSession } from './session.ts';
import { startStock, type Stock } from './stock.ts';

/** Beside the same browser binary, and beside what stock whatsapp-web.js starts. */
const GOALS = { same: 1.2, full: 0.6 };
const COUNTS = [1, 3, 6] as const;
/** Readings of both, in turns, after a pause each in which what a start left behind goes. */
const READINGS = 3;
const PAUSE_MS = 3_000;

/**
 * MiB a linked, idle session, ours beside stock whatsapp-web.js: everything that runs for them, divided by how many they are.
 * Ours is the runner with its supervisor, a process a session and their browsers; stock is one process and its browsers, once
 * with the browser that we run, once with full Chromium where there is one.
 */
export async function memory(deployment: Deployment): Promise<Row[]> {
  const sessions: BenchSession[] = [];
  const rows: Row[] = [];
  const stocks: Beside[] = [];
  try {
    for (const count of COUNTS) {
      while (sessions.length < count)
        sessions.push(await openSession(deployment, `memory-${sessions.length + 1}`));
      const [first] = sessions;
      if (first === undefined) throw new Error('no session was opened');
      if (stocks.length === 0) stocks.push(...(await stocksBeside(deployment, first)));
      for (const { stock } of stocks) await stock.start(count);
      rows.push(...(await rowsAt(count, deployment, stocks)));
    }
  } finally {
    for (const { stock } of stocks) await stock.stop();
    for (const { id } of sessions) await deployment.api.call('DELETE', `/v1/sessions/${id}`);
  }
  return rows;
}

export type Beside = { what: string; goal: number; stock: Stock };

/** Stock whatsapp-web.js with the browser that our sessions run, and with full Chromium where that is another. */
export async function stocksBeside(
  deployment: Deployment,
  session: BenchSession,
): Promise<Beside[]> {
  const { PUPPETEER_EXECUTABLE_PATH: ours = '' } = inheritedEnvironment();
  const full = await windowedChromium();
  const same = { what: 'the same browser', goal: GOALS.same };
  const stocks = [{ ...same, stock: await stockBeside(deployment, session, ours) }];
  if (full !== ours)
    stocks.push({
      what: 'full Chromium',
      goal: GOALS.full,
      stock: await stockBeside(deployment, session, full),
    });
  return stocks;
}

async function rowsAt(count: number, deployment: Deployment, stocks: Beside[]): Promise<Row[]> {
  const { runners } = await deployment.facts();
  let ours = 0;
  const theirs = stocks.map(() => 0);
  for (let reading = 0; reading < READINGS; reading += 1) {
    await sleep(PAUSE_MS);
    ours += (await treePssMiB(runners[0]?.pid ?? 0)).pssMiB / READINGS;
    for (const [index, { stock }] of stocks.entries())
      theirs[index] = (theirs[index] ?? 0) + (await treePssMiB(stock.pid)).pssMiB / READINGS;
  }
  return stocks.map(({ what, goal }, index) => ({
    what: `memory per session at ${count} (PSS of runner, supervisor, session processes and browsers, ÷ ${count})`,
    unit: 'MiB',
    actual: ours / count,
    beside: {
      what: `stock whatsapp-web.js with ${what}, ÷ ${count}`,
      actual: (theirs[index] ?? 0) / count,
      goal,
    },
  }));
}

export async function openSession(deployment: Deployment, name: string): Promise<BenchSession> {
  const { id, phoneNumber } = await onlineSession(deployment, name);
  return { id, ...(await worldOf(deployment, phoneNumber)) };
}

/** @param chromium the browser's binary; the one that stock whatsapp-web.js would run when it is left out */
export async function stockBeside(
  deployment: Deployment,
  session: BenchSession,
  chromium?: string,
): Promise<Stock> {
  const { ports, secrets } = await settingsOf(deployment.directory);
  return startStock({
    url: `http://127.0.0.1:${ports.sandbox}`,
    token: secrets.sandboxToken,
    world: session.at.world,
    chromium: chromium ?? (await windowedChromium()),
  });
}

/** Stock whatsapp-web.js runs a whole browser, headless by an option: one that is installed, else ours. */
async function windowedChromium(): Promise<string> {
  const { PATH = '', PUPPETEER_EXECUTABLE_PATH = '' } = inheritedEnvironment();
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, 'chromium');
    const runs = access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (await runs) return path;
  }
  return PUPPETEER_EXECUTABLE_PATH;
}
