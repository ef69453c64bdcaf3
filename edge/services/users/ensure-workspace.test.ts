import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ensureWorkspace } from './ensure-workspace.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ensure = (userId: string) => ensureWorkspace({ services: harness.services(), userId });

async function chosenBy(userId: string) {
  const { users } = harness.schema;
  const [row] = await harness.db
    .select({ workspaceId: users.workspaceId })
    .from(users)
    .where(eq(users.id, userId));
  return row?.workspaceId;
}

describe('ensureWorkspace', () => {
  test('opens one with a name and an owner, once, for twenty calls at once', async () => {
    const { members, users, workspaces } = harness.schema;
    const userId = newId('user');
    const email = `${userId.slice(-10)}@example.com`;
    await harness.db.insert(users).values({ id: userId, name: 'Ann', email });
    const made = await Promise.all(Array.from({ length: 20 }, () => ensure(userId)));
    expect(new Set(made).size).toBe(1);
    const rows = await harness.db
      .select({
        id: workspaces.id,
        name: workspaces.name,
        tier: workspaces.tier,
        role: members.role,
      })
      .from(members)
      .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
      .where(eq(members.userId, userId));
    expect(rows).toEqual([{ id: made[0], name: "Ann's workspace", tier: 'basic', role: 'owner' }]);
    expect(await chosenBy(userId)).toBe(made[0]);
  });

  test('keeps the chosen one, and goes on in another when they have left it', async () => {
    const { members } = harness.schema;
    const { userId, workspaceId: first } = await harness.newUser();
    const { workspaceId: second } = await harness.newWorkspace();
    await harness.db.insert(members).values({ workspaceId: second, userId, role: 'member' });
    expect(await ensure(userId)).toBe(first);
    await harness.db
      .delete(members)
      .where(and(eq(members.userId, userId), eq(members.workspaceId, first)));
    expect(await ensure(userId)).toBe(second);
    expect(await chosenBy(userId)).toBe(second);
  });

  test('knows no stranger', async () => {
    await expect(ensure(newId('user'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
