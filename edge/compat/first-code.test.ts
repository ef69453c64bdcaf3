import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { done } from '../testing/live-session.ts';
import { plainCall } from '../testing/plain-call.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { sessions, sessionLeases } = harness.schema;

const link = (id: string) =>
  harness.db.update(sessions).set({ status: 'online' }).where(eq(sessions.id, id));

type Owner = ReturnType<typeof harness.newRunner>['owner'];

/** A runner has taken the session. */
async function take(id: string, owner: Owner): Promise<void> {
  const { workspaceId } = await harness.newWorkspace();
  await harness.newSession({ workspaceId, owner });
  const { runnerId, bootId } = owner;
  await harness.db
    .update(sessionLeases)
    .set({ runnerId, bootId, epoch: 1, leaseUntil: new Date(Date.now() + 3_600_000) })
    .where(eq(sessionLeases.sessionId, id));
}
const takeAway = (id: string) =>
  take(id, { ...harness.newRunner().owner, url: 'http://127.0.0.1:9' });
const takeAndShow = async (id: string) => {
  const runner = harness.newRunner();
  await runner.script({ qr: done({ qr: 'code', expiresAt: Date.now() + 20_000 }) });
  await take(id, runner.owner);
};

test.each([
  ['shows its code', takeAndShow, expect.stringMatching(/^data:image\/png;base64,iVBOR/)],
  ['is linked before its code was asked for', link, null],
  ['is at a runner out of reach', takeAway, null],
])(
  'a number that %s was added all the same',
  async (_why, happen, qr) => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const adding = call('POST', '/wa/add-number', { key, body: { mode: 'sandbox' } });
    const made = () =>
      harness.db.select().from(sessions).where(eq(sessions.workspaceId, workspaceId));
    await expect.poll(made).toHaveLength(1);
    const id = String((await made())[0]?.id);
    await happen(id);
    const { status, body } = await adding;
    expect(body).toEqual({ connectionId: id, status: 'pending', qr });
    expect(status).toBe(201);
  },
  60_000,
);
