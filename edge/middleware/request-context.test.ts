import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { createIsolateState, createServices } from '../compose.ts';
import { createHarness } from '../testing/harness.ts';

const { env } = await createHarness();

test('a log line keeps 200 characters of a path, and nothing of the query', async () => {
  const lines: unknown[] = [];
  const isolate = createIsolateState((line) => void lines.push(line));
  const app = createApp((_bindings, execution) =>
    createServices({
      env,
      isolate,
      waitUntil: (work) => execution.waitUntil(work),
      now: () => Date.now(),
    }),
  );
  const execution = createExecutionContext();
  const path = `/${'x'.repeat(300)}`;
  const answer = await app.fetch(
    new Request(`http://waypost.test${path}?token=secret`),
    {},
    execution,
  );
  await waitOnExecutionContext(execution);
  expect(answer.status).toBe(404);
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'request', path: path.slice(0, 200) }),
  );
  expect(JSON.stringify(lines)).not.toContain('secret');
});
