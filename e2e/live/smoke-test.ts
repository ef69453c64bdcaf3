import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listedIn } from '../testing/answers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { inheritedEnvironment, wantedPages } from '../testing/env.ts';

/** What nobody can do for the sandbox session, or needs what it does not have. */
const NOT_TRIED = [
  'receive a vote: it needs a person with another phone',
  'list labels: NOT_SUPPORTED: ',
  'list the labels of a chat: NOT_SUPPORTED: ',
  'label a chat: NOT_SUPPORTED: ',
  'look where the link of a channel leads: no channel was named (--channel)',
  'get a channel: no channel was named (--channel)',
  'follow a channel, and leave it: no channel was named (--channel)',
  'reject a call: it needs a person with another phone',
  'let somebody in who asks to join: nobody asks to join',
];

type Ended = { code: number; output: string };

export function smokeTest(running: () => Deployment): void {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waypost-smoke-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (args: string[]): Promise<Ended> => {
    const { apiUrl, apiKey } = await running().facts();
    const env = { ...inheritedEnvironment(), WAYPOST_URL: apiUrl, WAYPOST_API_KEY: apiKey };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['e2e/live/main.ts', ...args],
        { env },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
          resolve({ code, output: stdout + stderr });
        },
      );
    });
  };

  /** Sessions of the walk that are still there. */
  const left = async () =>
    listedIn(await running().api.call('GET', '/v1/sessions')).filter(({ name }) =>
      String(name).startsWith('smoke test'),
    );

  it.each(wantedPages())('walks through everything on the %s page', async (profile) => {
    const reports = join(folder, profile);
    const { code, output } = await run(['--sandbox', profile, '--yes', '--report', reports]);
    expect(code, output).toBe(0);
    const [file = ''] = await readdir(reports);
    expect(file).toMatch(/^\d{4}-\d\d-\d\d\.md$/);
    const report = await readFile(join(reports, file), 'utf8');
    const sections = new Map(
      report.split('\n## ').map((section): [string, string[]] => {
        const [title = '', ...lines] = section.split('\n').filter((line) => line !== '');
        return [title, lines];
      }),
    );
    expect(sections.get('Drift')?.at(-1)).toBe('Nothing.');
    const skipped = sections.get('Not tried') ?? [];
    expect(skipped).toEqual(NOT_TRIED.map((line) => expect.stringContaining(`- ${line}`)));
    const outcomes = (sections.get('All operations') ?? []).slice(2).map((row) => row.split(' | '));
    expect(outcomes.length).toBeGreaterThan(60);
    expect(report).toContain(`the sandbox, profile ${profile}`);
    expect(report).toMatch(/WhatsApp Web \| 2\.\d/);
    expect(report).not.toMatch(/@(?:c\.us|g\.us|lid)|1555\d{7}/);
    expect(await left()).toEqual([]);
  });

  it('cleans up and reports what it knows when it is stopped', async () => {
    const { apiUrl, apiKey } = await running().facts();
    const env = { ...inheritedEnvironment(), WAYPOST_URL: apiUrl, WAYPOST_API_KEY: apiKey };
    const args = ['e2e/live/main.ts', '--sandbox', 'stock', '--yes'];
    const walking = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    walking.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      // One that reaches it while it exits would take its exit code.
      if (output.includes('send: location') && !walking.killed) walking.kill('SIGINT');
    });
    const [code] = await once(walking, 'close');
    expect(code, output).toBe(130);
    expect(output).toContain('which was stopped before its end');
    expect(output).toContain('| `POST /v1/messages/text` | ok |');
    expect(await left()).toEqual([]);
  });

  it('says what to set where no Waypost runs', async () => {
    const env = { ...inheritedEnvironment(), WAYPOST_DIR: join(folder, 'nothing') };
    const output = await new Promise((resolve) => {
      execFile(process.execPath, ['e2e/live/main.ts'], { env }, (_error, _stdout, stderr) =>
        resolve(stderr),
      );
    });
    expect(output).toContain('set WAYPOST_URL and WAYPOST_API_KEY');
  });
}
