import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inheritedEnvironment } from './env.ts';
import {
  argsOf,
  commandIn,
  environmentOf,
  packagesOf,
  root,
  stagesOf,
} from './testing/dockerfile.ts';

/*
 * The steps of Dockerfile.runner without a Docker engine. What is not run: `npm ci` (the packages that are installed here stand
 * in for it) and the installation of Debian's packages (apt says whether it could). Base images and layers are not tried.
 */
const [build = [], image = []] = stagesOf('Dockerfile.runner');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'waypost-image-'));
  chmodSync(scratch, 0o755);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('has two stages, and what runs is not root', () => {
  expect(stagesOf('Dockerfile.runner')).toHaveLength(2);
  expect(argsOf(image, 'USER')).toEqual(['node']);
  expect(commandIn(argsOf(image, 'ENTRYPOINT')[0] ?? '')).toEqual(['tini', '--']);
});

const knowsPackages = spawnSync('apt-cache', ['show', 'tini'], { encoding: 'utf8' }).status === 0;
test.skipIf(!knowsPackages)(
  'Debian has every package, and they go together',
  () => {
    const packages = packagesOf(image);
    const fonts = ['fonts-noto-cjk', 'fonts-noto-color-emoji'];
    expect(packages).toEqual(
      expect.arrayContaining(['chromium-headless-shell', 'ffmpeg', 'tini', ...fonts]),
    );
    const args = ['install', '--simulate', '--no-install-recommends', '-y', ...packages];
    const { status, stderr } = spawnSync('apt-get', args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.any(String)]);
  },
  180_000,
);

/** The build stage in a folder, as its instructions say. */
function buildIn(folder: string): void {
  mkdirSync(folder);
  for (const { name, args } of build) {
    if (name === 'COPY') {
      const words = args.split(/\s+/);
      const to = join(folder, words.at(-1) ?? '');
      for (const from of words.slice(0, -1))
        cpSync(
          join(root, from),
          args.endsWith('/') || words.length > 2 ? join(to, from.split('/').at(-1) ?? '') : to,
          {
            recursive: true,
            filter: (path) => !path.includes('node_modules') && !path.endsWith('.test.ts'),
          },
        );
    }
    if (name === 'RUN' && args.startsWith('npm ci'))
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    else if (name === 'RUN')
      execFileSync('/bin/sh', ['-c', args], {
        cwd: folder,
        env: { PATH: `${dirname(process.execPath)}:${inheritedEnvironment()['PATH']}` },
      });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the bundle alone runs as somebody else, is healthy, and ends on SIGTERM', async () => {
  const [app, final] = [join(scratch, 'build'), join(scratch, 'app')];
  buildIn(app);
  mkdirSync(final);
  const [copied = ''] = argsOf(image, 'COPY');
  expect(copied).toBe('--from=build /app/programs programs');
  cpSync(join(app, 'programs'), join(final, 'programs'), { recursive: true });
  const [node, data] = [join(scratch, 'node'), join(scratch, 'data')];
  copyFileSync(process.execPath, node);
  mkdirSync(data);
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const [, ...args] = commandIn(argsOf(image, 'CMD')[0] ?? '');
  const env = {
    ...environmentOf(image),
    // The environment that edge/runners/fleets/fly.ts gives a machine, and the secrets of the app.
    PATH: '/usr/bin:/bin',
    HOST: '0.0.0.0',
    PORT: String(await freePort()),
    PUBLIC_URL: 'https://waypost-runners.fly.dev',
    EDGE_URL: 'http://127.0.0.1:9',
    FLY_MACHINE_ID: 'machine-1',
    FLY_REGION: 'fra',
    EDGE_TO_RUNNER_KEYS: `k1:${'a'.repeat(64)}`,
    RUNNER_TO_EDGE_KEYS: `k1:${'b'.repeat(64)}`,
    WWEBJS_DATA_DIR: data,
    RUNNER_DRAIN_SECONDS: '1',
  };
  const asNode = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const runner = spawn(node, args, { cwd: final, env, ...asNode, stdio: 'pipe' });
  const output = keep(runner);
  await untilSaid(runner, output, 'runner.started');
  const [, ...check] = commandIn(argsOf(image, 'HEALTHCHECK')[0] ?? '');
  const isHealthy = async () => {
    const checking = spawn(node, check, { cwd: final, env, ...asNode, stdio: 'ignore' });
    return (await once(checking, 'exit'))[0] === 0;
  };
  expect(await isHealthy()).toBe(true);
  const ended = once(runner, 'exit');
  runner.kill('SIGTERM');
  expect(await ended, output()).toEqual([0, null]);
  expect(await isHealthy()).toBe(false);
}, 180_000);

function keep(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return () => output;
}

function untilSaid(child: ChildProcess, output: () => string, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (output().includes(what)) resolve();
    });
    child.once('exit', () => reject(new Error(output())));
  });
}
