import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import libraryPackage from 'whatsapp-web.js/package.json' with { type: 'json' };
import { SANDBOX_PROFILES } from '../../shared/session-status.ts';
import { apiClient } from '../testing/api-client.ts';
import { readTarget } from './env.ts';
import { link, type Linked } from './link.ts';
import { nobody, personAtTerminal } from './person.ts';
import { reportOf } from './report.ts';
import { allSteps } from './steps/all.ts';
import { Walk } from './walk.ts';

/** `npm run smoke:live`; see docs/live-smoke-test.md. Exits 0, or 1 when something did not work. */
const { values } = parseArgs({
  options: {
    to: { type: 'string' },
    session: { type: 'string' },
    channel: { type: 'string' },
    report: { type: 'string' },
    yes: { type: 'boolean', default: false },
    /** The profile, `stock` or `2026-09`. */
    sandbox: { type: 'string' },
  },
});
const sandbox = z
  .enum(SANDBOX_PROFILES)
  .nullable()
  .parse(values.sandbox ?? null);
const stop = new AbortController();
// It comes twice from a terminal: through the command's parent too.
process.on('SIGINT', () => stop.abort(new Error('stopped')));
const tell = (line: string): void => console.log(line);

async function walkThrough(session: Linked, api: ReturnType<typeof apiClient>): Promise<Walk> {
  const { signal } = stop;
  const walk = new Walk({
    api,
    session,
    other: values.to?.replaceAll(/\D/g, '') ?? (session.isSandbox ? '15550100001' : null),
    channel: values.channel ?? null,
    person: values.yes || !process.stdin.isTTY ? nobody : personAtTerminal(signal),
    signal,
    tell,
  });
  const steps = allSteps(walk);
  try {
    for (const [at, { title, consent, run }] of steps.entries()) {
      tell(`${at + 1}/${steps.length} ${title}`);
      await walk.run(title, consent, run);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell('Stopped.');
  } finally {
    tell('Cleaning up …');
    await walk.cleanUp();
    await session.end();
  }
  return walk;
}

async function main(): Promise<number> {
  const { url, key } = await readTarget();
  const api = apiClient(url, key);
  tell(`Waypost at ${url}`);
  const { signal } = stop;
  const session = await link(api, { session: values.session ?? null, sandbox, signal, tell });
  tell(`Linked. WhatsApp Web ${session.page}`);
  const { entries } = await walkThrough(session, api);
  const at = new Date();
  const report = reportOf(entries, {
    at,
    page: session.page,
    library: libraryPackage.version,
    sandbox: session.isSandbox ? (sandbox ?? 'of the session') : null,
    isWhole: !signal.aborted,
  });
  const folder = values.report ?? (session.isSandbox ? null : join('docs', 'live-reports'));
  if (folder === null) tell(report);
  else {
    const file = join(folder, `${at.toISOString().slice(0, 10)}.md`);
    await mkdir(folder, { recursive: true });
    await writeFile(file, report);
    tell(`Wrote ${file}`);
  }
  if (signal.aborted) return 130;
  return entries.some(({ outcome }) => outcome === 'failed' || outcome === 'not seen') ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.disconnect?.();
