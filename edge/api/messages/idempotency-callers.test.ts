import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness, idOf } from '../../testing/harness.ts';
import { HELLO, idempotentSends } from './testing/idempotent-sends.ts';

const harness = await createHarness();
const { setUp } = idempotentSends(harness);

describe('callers who reach different sessions', () => {
  type Limits = { sessionId: string; otherId: string; workspaceId: string };
  const keyFor = async (workspaceId: string, options: Parameters<typeof harness.newKey>[1]) =>
    (await harness.newKey(workspaceId, options)).apiKey;
  test.each<[string, (limits: Limits) => Promise<[string, string]>]>([
    [
      'keys pinned to them',
      async ({ workspaceId, sessionId, otherId }) => [
        await keyFor(workspaceId, { sessionId }),
        await keyFor(workspaceId, { sessionId: otherId }),
      ],
    ],
    [
      'a pinned key and one that is not',
      async ({ workspaceId, sessionId }) => [
        await keyFor(workspaceId, { sessionId }),
        await keyFor(workspaceId, {}),
      ],
    ],
    [
      'members',
      async ({ workspaceId, sessionId, otherId }) => {
        const { sessions } = harness.schema;
        const ownerOf = async (id: string) => {
          const { userId, token } = await harness.newUser({ workspaceId, role: 'member' });
          await harness.db.update(sessions).set({ createdBy: userId }).where(eq(sessions.id, id));
          return token;
        };
        return [await ownerOf(sessionId), await ownerOf(otherId)];
      },
    ],
  ])('use the same Idempotency-Key without meeting: %s', async (_who, credentials) => {
    const { workspaceId, sessionId, send, sent } = await setUp();
    const { id: otherId } = await harness.newSession({ workspaceId });
    const [first, second] = await credentials({ workspaceId, sessionId, otherId });
    expect(await send({ ...HELLO, sessionId }, { apiKey: first })).toMatchObject({ status: 202 });
    const made = await send({ ...HELLO, sessionId: otherId }, { apiKey: second });
    expect(made).toMatchObject({ status: 202 });
    expect(await sent()).toHaveLength(2);
    const again = await send({ ...HELLO, sessionId: otherId }, { apiKey: second });
    expect(again).toMatchObject({ status: 202, data: { id: idOf(made) } });
    expect(await sent()).toHaveLength(2);
  });
});
