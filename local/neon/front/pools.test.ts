import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestNeon, type TestNeon } from '../testing/server.ts';
import { aim } from './door.ts';
import { Pools } from './pools.ts';

let server: TestNeon;
const silent = (): void => undefined;

beforeAll(async () => {
  server = await startTestNeon();
});
afterAll(() => server.close());

const pidOf = (pools: Pools, url: string, reusable = true): Promise<unknown> =>
  pools.with(url, async (client) => {
    const { rows } = await client.query<{ pid: string }>('SELECT pg_backend_pid() AS pid');
    return { value: rows[0]?.pid, reusable };
  });

test('reuses a connection, unless it is said to be spoilt', async () => {
  const url = await server.createDatabase();
  const pools = new Pools({ connections: 2, pools: 2 }, silent);
  const first = await pidOf(pools, url);
  expect(await pidOf(pools, url, false)).toBe(first);
  expect(await pidOf(pools, url)).not.toBe(first);
  await pools.close();
});

test('never opens more connections than it may', async () => {
  const url = await server.createDatabase();
  const pools = new Pools({ connections: 2, pools: 2 }, silent);
  const pids = await Promise.all(Array.from({ length: 12 }, () => pidOf(pools, url)));
  expect(new Set(pids).size).toBeLessThanOrEqual(2);
  await pools.close();
});

test('forgets the connection string that was unused for longest, and one that does not work', async () => {
  const [a, b, c] = [
    await server.createDatabase(),
    await server.createDatabase(),
    await server.createDatabase(),
  ];
  const pools = new Pools({ connections: 1, pools: 2 }, silent);
  const [pidA, pidB] = [await pidOf(pools, a), await pidOf(pools, b)];
  const wrong = new URL(a);
  wrong.password = 'wrong';
  await expect(pidOf(pools, wrong.href)).rejects.toMatchObject({ code: '28P01' });
  expect(await pidOf(pools, a)).toBe(pidA);
  await pidOf(pools, c);
  expect(await pidOf(pools, a)).toBe(pidA);
  expect(await pidOf(pools, b)).not.toBe(pidB);
  await pools.close();
});

test('a caller chooses user and database, never the server', () => {
  const asked = 'postgresql://ann:p%40ss@evil.example:1/other?application_name=app&sslmode=disable';
  expect(aim(asked, 'postgresql://root:pw@db.internal:5433/main?sslmode=require')).toBe(
    'postgresql://ann:p%40ss@db.internal:5433/other?sslmode=require&application_name=app',
  );
});
