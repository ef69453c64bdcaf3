import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { plainCall } from '../testing/plain-call.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { sessions, sessionLeases } = harness.schema;

const link = (id: string) =>
  harness.db.update(sessions).set({ status: 'online' }).where(eq(sessions.id, id));

/** A runner that no request reaches has taken the session. */
const takeAway = async (id: string) => {
  const { workspaceId } = await harness.newWorkspace();
  const owner = { ...harness.newRunner().owner, url: 'http://127.0.0.1:9' };
  await harness.newSession({ workspaceId, owner });
  const { runnerId, bootId } = owner;
  await harness.db
    .update(sessionLeases)
    .set({ runnerId, bootId, epoch: 1, leaseUntil: new Date(Date.now() + 3_600_000) })
    .where(eq(sessionLeases.sessionId, id));
};

test.each([
  ['is linked before its code was asked for', link],
  ['is at a runner out of reach', takeAway],
])(
  'a number that %s was added all the same',
  async (_why, happen) => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const adding = call('POST', '/wa/add-number', { key, body: { mode: 'sandbox' } });
    const made = () =>
      harness.db.select().from(sessions).where(eq(sessions.workspaceId, workspaceId));
    await expect.poll(made, { timeout: 20_000 }).toHaveLength(1);
    const id = String((await made())[0]?.id);
    await happen(id);
    const { status, body } = await adding;
    expect(body).toEqual({ connectionId: id, status: 'pending', qr: null });
    expect(status).toBe(201);
  },
  60_000,
);
