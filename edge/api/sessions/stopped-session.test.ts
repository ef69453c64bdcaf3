import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';

const harness = await createHarness();

/** Every door that asks the session itself. */
const DOORS: readonly [method: string, path: string, body?: unknown][] = [
  ['GET', '/qr'],
  ['GET', '/qr?wait=30'],
  ['GET', '/screenshot'],
  ['POST', '/pairing-code', { phone: '+15550100001' }],
  ['GET', '/sandbox'],
  ['POST', '/sandbox/scan', {}],
  ['POST', '/sandbox/messages', { from: '+15550100002', text: 'Hi' }],
  ['POST', '/sandbox/acks', { delaysMs: [1, 2, 3] }],
  ['POST', '/sandbox/network', { online: false }],
  ['POST', '/sandbox/unlink'],
];

test.each(DOORS)('%s %s of a stopped session says to start it', async (method, path, body) => {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  const { id } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    status: 'disconnected',
  });
  const { sessionLeases } = harness.schema;
  await harness.db
    .update(sessionLeases)
    .set({ desired: 'stopped' })
    .where(eq(sessionLeases.sessionId, id));
  const answer = await harness.call(method, `/v1/sessions/${id}${path}`, {
    key: apiKey,
    ...(body === undefined ? {} : { body }),
  });
  expect(answer).toMatchObject({
    status: 409,
    error: {
      code: 'SESSION_NOT_READY',
      message: expect.stringContaining('start'),
      details: { status: 'disconnected' },
    },
  });
  expect(await runner.calls()).toEqual([]);
});
