import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { LauncherEnv } from '../local/launcher/env.ts';
import { parseEnv } from '../runner/env.ts';
import { argsOf, environmentOf, root, stagesOf } from './testing/dockerfile.ts';

const require = createRequire(import.meta.url);
const { parse } = z
  .object({ parse: z.custom<(text: string) => unknown>((value) => typeof value === 'function') })
  .parse(require('yaml'));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What of the Compose specification is used; anything else would be a slip of the pen. */
const Service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.string() }).optional(),
  restart: z.literal('unless-stopped'),
  init: z.boolean().optional(),
  ports: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) }),
    )
    .default({}),
  command: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string().optional(),
      retries: z.number().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
});
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});
const { services, volumes } = Compose.parse(parse(read('compose.yaml')));
const serviceOf = (name: string) => Service.parse(services[name]);

/** As Compose fills in what `.env` has. */
const filled = (environment: Record<string, string>, env: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_all, key: string, otherwise = '') =>
        String(env[key] ?? otherwise),
      ),
    ]),
  );
const DOT_ENV = { DOMAIN: 'wa.example.com', POSTGRES_PASSWORD: 'a1b2' };

test('every part is there, and names only parts and volumes that are', () => {
  expect(Object.keys(services).toSorted()).toEqual([
    'caddy',
    'edge',
    'network',
    'postgres',
    'redis',
    'runner',
  ]);
  const all = Object.values(services);
  const needed = all.flatMap((service) => Object.keys(service.depends_on));
  expect(Object.keys(services)).toEqual(expect.arrayContaining(needed));
  const mounted = all.flatMap((service) => service.volumes.map((each) => each.split(':')[0] ?? ''));
  const named = mounted.filter((name) => !name.startsWith('.'));
  expect(named).toContain('wwebjs_data');
  expect(Object.keys(volumes)).toEqual(expect.arrayContaining(named));
  const files = all.flatMap(({ build }) => (build === undefined ? [] : [build.dockerfile]));
  expect(files.map((file) => stagesOf(file).length)).toEqual([1, 2]);
});

test('a part is waited for until it is healthy only where something says that it is', () => {
  const isChecked = (name: string): boolean => {
    const { healthcheck, build } = serviceOf(name);
    const ofImage = build === undefined ? [] : (stagesOf(build.dockerfile).at(-1) ?? []);
    return healthcheck !== undefined || argsOf(ofImage, 'HEALTHCHECK').length > 0;
  };
  const awaited = Object.values(services).flatMap(({ depends_on: needs }) =>
    Object.entries(needs).filter(([, { condition }]) => condition === 'service_healthy'),
  );
  expect(awaited.map(([name]) => [name, isChecked(name)])).toEqual([
    ['postgres', true],
    ['redis', true],
    ['edge', true],
  ]);
});

test('the launcher takes every variable that the edge is given, and starts no runner', () => {
  const { environment, build } = serviceOf('edge');
  const image = environmentOf(stagesOf(build?.dockerfile ?? '').at(-1) ?? []);
  const given = { ...image, ...filled(environment, DOT_ENV) };
  expect(Object.keys(LauncherEnv.shape)).toEqual(expect.arrayContaining(Object.keys(given)));
  expect(LauncherEnv.parse(given)).toMatchObject({
    BASE_URL: 'https://wa.example.com',
    DATABASE_URL: 'postgresql://waypost:a1b2@postgres:5432/waypost',
    REDIS_URL: 'redis://redis:6379',
    WAYPOST_RUNNERS: 0,
    WAYPOST_DIR: '/data',
  });
});

test('the runner has all it needs: from its image, and from the file that the launcher writes', () => {
  const { environment, build, command } = serviceOf('runner');
  const image = environmentOf(stagesOf(build?.dockerfile ?? '').at(-1) ?? []);
  expect(command).toContain('--env-file=/waypost/runner.env');
  // What is in the environment counts more than the file, where the port is.
  expect({ ...image, ...environment }).not.toHaveProperty('PORT');
  const written = {
    RUNNER_ID: 'runner-1',
    EDGE_URL: 'http://127.0.0.1:8787',
    EDGE_TO_RUNNER_KEYS: `k1:${'a'.repeat(64)}`,
    RUNNER_TO_EDGE_KEYS: `k1:${'b'.repeat(64)}`,
  };
  expect(parseEnv({ ...written, ...image, ...environment })).toMatchObject({
    WWEBJS_DATA_DIR: '/data',
    RUNNER_DRAIN_SECONDS: 50,
  });
});

test('the proxy passes the client’s address in the header that the edge reads', () => {
  const caddyfile = read('Caddyfile');
  expect(caddyfile.toLowerCase()).toContain(
    `header_up ${serviceOf('edge').environment['CLIENT_IP_HEADER']} {remote_host}`,
  );
  expect(caddyfile).toContain('{$DOMAIN}');
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
test.skipIf(!hasSystemd)('systemd finds no fault with the units', () => {
  const units = ['waypost.service', 'waypost-backup.service', 'waypost-backup.timer'];
  const files = units.map((unit) => join(root, 'systemd', unit));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {
    encoding: 'utf8',
  });
  // Of our units alone: a machine may have others that are wrong.
  expect(stderr.split('\n').filter((line) => line.includes('waypost'))).toEqual([]);
  expect(status).toBe(0);
});
