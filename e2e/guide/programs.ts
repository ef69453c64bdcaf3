import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '../testing/deployment.ts';
import { LANGUAGES, type Language, startInterpreter } from '../testing/programs/interpreters.ts';
import { type Documented, programsOf } from '../testing/programs/read-programs.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { until } from '../testing/until.ts';
import { ALICE, type Cast, newCast } from './cast.ts';
import { namesFor } from './names.ts';
import { inOrder, REFUSED } from './order.ts';

/**
 * Runs each program of the API reference as a reader would, with the names of what the programs before it have made.
 * @param adminEmails one of ADMIN_EMAILS for each language
 */
export function runsPrograms(
  running: () => Deployment,
  adminEmails: Readonly<Record<Language, string>>,
): void {
  let documented: Documented[];
  beforeAll(async () => {
    const { apiUrl } = await running().facts();
    const read = async (path: string): Promise<string> =>
      (await fetch(new URL(path, apiUrl))).text();
    const links = (await read('/guide/api')).matchAll(/ href="(\/guide\/api\/[\w-]+)"/g);
    const paths = new Set(Array.from(links, ([, path = '']) => path));
    await alwaysOnline(running());
    documented = inOrder((await Promise.all(Array.from(paths, read))).flatMap(programsOf));
  });

  it('each operation has a program in every language, or none has', () => {
    const withPrograms = documented.filter(({ programs }) => Object.keys(programs).length > 0);
    expect(withPrograms.length).toBeGreaterThan(170);
    for (const { operation, programs } of withPrograms)
      expect(Object.keys(programs), operation).toEqual(LANGUAGES);
    const operations = documented.map(({ operation }) => operation);
    expect(operations).toEqual(expect.arrayContaining(Object.keys(REFUSED)));
  });

  describe.each(LANGUAGES)('the programs in %s', (language) => {
    it('do what their operations do', async () => {
      const cast = await newCast(running(), adminEmails[language]);
      expect(await runAll(cast, language, documented)).toEqual([]);
    });
  });
}

/** WhatsApp shows the presence of others only to numbers that are online themselves. */
async function alwaysOnline({ api, facts }: Deployment): Promise<void> {
  const { sessionId } = await facts();
  const path = `/v1/sessions/${sessionId}`;
  await api.call('PATCH', path, { body: { alwaysOnline: true } });
  await api.call('POST', `${path}/restart`);
  await until('the presence of Alice', async () => {
    const { status } = await api.call('GET', `/v1/presence/${ALICE}@c.us?sessionId=${sessionId}`);
    return status === 200 ? true : undefined;
  });
}

/** @returns what did not go as it should */
async function runAll(
  cast: Cast,
  language: Language,
  documented: readonly Documented[],
): Promise<string[]> {
  const { apiKey } = await cast.deployment.facts();
  const folder = await mkdtemp(join(tmpdir(), 'waypost-programs-'));
  await writeFile(join(folder, 'photo.png'), Buffer.from(PIXEL, 'base64'));
  const variables = { WAYPOST_KEY: apiKey, WAYPOST_TOKEN: cast.admin.token };
  const interpreter = startInterpreter(language, folder, variables);
  const names = await namesFor(cast, language);
  const problems: string[] = [];
  for (const { operation, programs } of documented) {
    const written = programs[language];
    if (written === undefined) continue;
    const { status, text, problem } = await interpreter.run(await names.fill(operation, written));
    const wanted = REFUSED[operation]?.status;
    const isGood = wanted === undefined ? status >= 200 && status < 300 : status === wanted;
    if (!isGood || problem !== null)
      problems.push(`${operation}: ${problem ?? `${status}: ${text.slice(0, 300)}`}`);
    else if (wanted === undefined) await names.learn(operation, text);
  }
  await interpreter.close();
  await rm(folder, { recursive: true });
  return problems;
}
