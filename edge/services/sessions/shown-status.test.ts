import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness } from '../../testing/harness.ts';

const Shown = z.object({ status: z.string(), reason: z.string() });

async function shown(
  harness: Harness,
  change: Partial<Harness['schema']['sessionLeases']['$inferInsert']>,
) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const { id } = await harness.newSession({ workspaceId, owner: harness.newRunner().owner });
  const { sessionLeases } = harness.schema;
  if (Object.keys(change).length > 0)
    await harness.db.update(sessionLeases).set(change).where(eq(sessionLeases.sessionId, id));
  const [session, status] = await Promise.all([
    harness.call('GET', `/v1/sessions/${id}`, { key: apiKey }),
    harness.call('GET', `/v1/sessions/${id}/status`, { key: apiKey }),
  ]);
  expect(Shown.parse(status.data)).toEqual(Shown.parse(session.data));
  return Shown.parse(session.data);
}

const harness = await createHarness();

test.each([
  ['its owner has a lease and has started', {}, 'online'],
  ['the lease ran out', { leaseUntil: new Date(Date.now() - 1_000) }, 'reconnecting'],
  ['another epoch began and has not started', { epoch: 2 }, 'reconnecting'],
  ['another boot of the runner has it', { bootId: 'the next boot' }, 'reconnecting'],
  ['nobody wants it to run', { desired: 'stopped' as const, epoch: 2 }, 'online'],
])('a session that was online last, when %s', async (_when, change, status) => {
  expect(await shown(harness, change)).toMatchObject({
    status,
    reason: status === 'online' ? 'test' : 'owner_changing',
  });
});
