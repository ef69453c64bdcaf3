import { expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { oneIsolate } from '../testing/one-isolate.ts';

const { env } = await createHarness();

test('a log line keeps 200 characters of a path, and nothing of the query', async () => {
  const { get, lines } = oneIsolate(env);
  const path = `/${'x'.repeat(300)}`;
  expect((await get(`${path}?token=secret`)).status).toBe(404);
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'request', path: path.slice(0, 200) }),
  );
  expect(JSON.stringify(lines)).not.toContain('secret');
});
