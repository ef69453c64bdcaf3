import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { ENDPOINT_LIMIT } from '../services/webhooks/create-webhook.ts';
import { createHarness } from '../testing/harness.ts';
import { plainCall } from '../testing/plain-call.ts';
import { receiverUrl } from '../testing/receiver.ts';

const harness = await createHarness({ BASE_URL: receiverUrl() });
const call = plainCall(harness);
const { sessions, webhookEndpoints } = harness.schema;

test.each([
  [
    '/compat/evolution/instance/create',
    { instanceName: 'desk', mode: 'sandbox', webhook: { url: 'https://8.8.8.8/hook' } },
  ],
  [
    '/compat/waha/api/sessions',
    {
      name: 'desk',
      mode: 'sandbox',
      config: { webhooks: [{ url: 'https://8.8.8.8/hook', events: ['message'] }] },
    },
  ],
])('POST %s makes no session whose webhook has no room', async (path, body) => {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  await harness.db.insert(webhookEndpoints).values(
    Array.from({ length: ENDPOINT_LIMIT }, (_, index) => ({
      id: `whk_${workspaceId}_${index}`,
      workspaceId,
      url: 'https://8.8.8.8/other',
      secret: 'whsec_x',
      eventTypes: ['*'],
    })),
  );
  expect(await call('POST', path, { key, body })).toMatchObject({
    status: 403,
    body: { code: 'LIMIT_EXCEEDED', details: { limit: ENDPOINT_LIMIT } },
  });
  const made = await harness.db
    .select()
    .from(sessions)
    .where(eq(sessions.workspaceId, workspaceId));
  expect(made).toEqual([]);
});
