import { beforeAll, describe, expect, test } from 'vitest';
import { TEXT_LIMIT } from '../../shared/catalogue/kinds/kind.ts';
import { createHarness, type Harness } from '../testing/harness.ts';

let harness: Harness;
let apiKey: string;
let sessionId: string;
beforeAll(async () => {
  harness = await createHarness();
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  apiKey = key;
  const { owner } = harness.newRunner();
  sessionId = (await harness.newSession({ workspaceId, owner, isDefault: true })).id;
});

/** A JSON body of exactly so many bytes that has no field of any operation. */
const bodyOf = (bytes: number): string => `{"unknown":"${'x'.repeat(bytes - 14)}"}`;

describe.each([
  ['that says nothing of it', () => '/v1/keys', 64 * 1024],
  ['that sends', () => '/v1/messages/text', 1024 * 1024],
  ['that carries a file', () => `/v1/sessions/${sessionId}/sandbox/messages`, 2 * 1024 * 1024],
])('an operation %s', (_what, path, limitBytes) => {
  test('refuses a body that is one byte larger than its limit, and names the limit', async () => {
    const answer = await harness.call('POST', path(), {
      key: apiKey,
      body: bodyOf(limitBytes + 1),
    });
    expect(answer).toMatchObject({
      status: 413,
      error: { code: 'PAYLOAD_TOO_LARGE', details: { limitBytes } },
    });
  });

  test('reads a body that is as large as its limit', async () => {
    const answer = await harness.call('POST', path(), { key: apiKey, body: bodyOf(limitBytes) });
    expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
  });
});

test('the longest text fits in its longest spelling', async () => {
  const text = '\\ud83d\\ude00'.repeat(TEXT_LIMIT);
  const body = `{"to":"+15550100001","text":"${text}"}`;
  const answer = await harness.call('POST', '/v1/messages/text', { key: apiKey, body });
  expect(answer).toMatchObject({ status: 202 });
});
