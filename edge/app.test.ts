import { beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from './testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

test('an unknown address is NOT_FOUND, with a request id in body and header', async () => {
  const response = await harness.request('GET', '/nowhere');
  const body = await response.json<{ error: { code: string }; meta: { requestId: string } }>();
  expect(response.status).toBe(404);
  expect(body.error.code).toBe('NOT_FOUND');
  expect(response.headers.get('x-request-id')).toBe(body.meta.requestId);
});

test('a good key passes to the routes', async () => {
  const { apiKey } = await harness.newWorkspace();
  const response = await harness.request('GET', '/v1/nowhere', { key: apiKey });
  expect(response.status).toBe(404);
  expect(response.headers.get('x-ratelimit-limit')).toBe('60');
});
