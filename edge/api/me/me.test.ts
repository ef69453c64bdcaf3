import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const get = (key: string) => harness.call('GET', '/v1/me', { key });
const patch = (key: string, body: unknown) => harness.call('PATCH', '/v1/me', { key, body });

/** Makes a person a member of one more workspace. */
async function join(userId: string, role: 'owner' | 'member' = 'member') {
  const { workspaceId } = await harness.newWorkspace();
  await harness.db.insert(harness.schema.members).values({ workspaceId, userId, role });
  return workspaceId;
}

describe('me', () => {
  test('is the person, their workspaces and their ways in', async () => {
    const { userId, token, email, workspaceId } = await harness.newUser();
    const other = await join(userId);
    await harness.db.insert(harness.schema.authAccounts).values(
      ['credential', 'google'].map((providerId) => ({
        id: newId('authAccount'),
        userId,
        providerId,
        accountId: `${providerId}-${userId}`,
        password: 'hash of a password',
      })),
    );
    const answer = await get(token);
    expect(answer).toMatchObject({
      status: 200,
      data: {
        id: userId,
        email,
        emailVerified: true,
        isAdmin: false,
        timeZone: null,
        workspaceId,
        defaultWorkspaceId: workspaceId,
        memberships: [
          { workspaceId, role: 'owner', allSessions: true, isActive: true },
          { workspaceId: other, role: 'member', allSessions: false, isActive: true },
        ],
        signInMethods: ['password', 'google'],
      },
    });
    expect(JSON.stringify(answer)).not.toContain('hash of a password');
  });

  test('is there from a suspended workspace, and is how to leave it', async () => {
    const { userId, token, cookie, workspaceId } = await harness.newUser();
    const other = await join(userId);
    const { workspaces } = harness.schema;
    await harness.db
      .update(workspaces)
      .set({ isActive: false })
      .where(eq(workspaces.id, workspaceId));
    expect(await harness.call('GET', '/v1/me', { headers: { cookie } })).toMatchObject({
      status: 200,
      data: { workspaceId, memberships: [{ isActive: false }, { isActive: true }] },
    });
    const sessions = () => harness.call('GET', '/v1/sessions', { key: token });
    expect(await sessions()).toMatchObject({ status: 403 });
    expect(await patch(token, { workspaceId: other })).toMatchObject({ status: 200 });
    expect(await sessions()).toMatchObject({ status: 200 });
  });

  test('changes name and time zone, and keeps what is not given', async () => {
    const { token } = await harness.newUser();
    await patch(token, { name: '  Ann Example ', timeZone: 'europe/berlin' });
    expect(await patch(token, {})).toMatchObject({
      status: 200,
      data: { name: 'Ann Example', timeZone: 'Europe/Berlin' },
    });
    expect(await patch(token, { timeZone: null })).toMatchObject({
      data: { name: 'Ann Example', timeZone: null },
    });
  });

  test('switches the workspace that they act in', async () => {
    const { userId, token, workspaceId } = await harness.newUser();
    const other = await join(userId);
    expect(await patch(token, { workspaceId: other })).toMatchObject({
      status: 200,
      data: { defaultWorkspaceId: other },
    });
    expect(await get(token)).toMatchObject({ data: { workspaceId: other } });
    await patch(token, { workspaceId });
    expect(await get(token)).toMatchObject({ data: { workspaceId } });
  });

  test('does not switch to another’s workspace, which is the same as none', async () => {
    const { token, workspaceId } = await harness.newUser();
    const { workspaceId: foreign } = await harness.newWorkspace();
    const refused = await patch(token, { workspaceId: foreign, name: 'changed' });
    expect(refused).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
    const missing = await patch(token, { workspaceId: newId('workspace') });
    expect(missing.error).toEqual(refused.error);
    expect(await get(token)).toMatchObject({ data: { workspaceId, name: 'Test Person' } });
  });

  test.each([
    [{ name: '' }],
    [{ name: 'two\nlines' }],
    [{ timeZone: 'Mars/Olympus' }],
    [{ timeZone: '+02:00' }],
    [{ email: 'other@example.com' }],
    [{ role: 'admin' }],
    [{ isActive: true }],
  ])('refuses %j', async (body) => {
    const { token } = await harness.newUser();
    expect(await patch(token, body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
    });
  });

  test('is refused to a key', async () => {
    const { apiKey } = await harness.newWorkspace();
    for (const answer of [await get(apiKey), await patch(apiKey, { name: 'x' })])
      expect(answer).toMatchObject({ status: 403, error: { details: { required: 'user' } } });
  });
});
