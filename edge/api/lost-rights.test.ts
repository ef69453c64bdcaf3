import { beforeAll, describe, expect, test } from 'vitest';
import { changeUnderLock } from '../testing/change-under-lock.ts';
import { createHarness, type Harness, idOf, type TestUser } from '../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** What is there to act on. */
async function world() {
  const boss = await harness.newUser();
  const { workspaceId } = boss;
  const { keyId } = await harness.newKey(workspaceId, { scopes: ['sessions:read'] });
  const invited = await harness.call('POST', '/v1/workspace/invitations', {
    key: boss.token,
    body: { email: `${crypto.randomUUID()}@example.com` },
  });
  return { boss, workspaceId, keyId, invitationId: idOf(invited) };
}
type World = Awaited<ReturnType<typeof world>>;

type Write = [what: string, act: (key: string, ids: World) => ReturnType<Harness['call']>];

const KEY_WRITES: Write[] = [
  [
    'creates a key',
    (key) =>
      harness.call('POST', '/v1/keys', { key, body: { name: 'new', scopes: ['sessions:read'] } }),
  ],
  [
    'changes a key',
    (key, { keyId }) =>
      harness.call('PATCH', `/v1/keys/${keyId}`, { key, body: { scopes: ['messages:send'] } }),
  ],
  ['rotates a key', (key, { keyId }) => harness.call('POST', `/v1/keys/${keyId}/rotate`, { key })],
  ['revokes a key', (key, { keyId }) => harness.call('DELETE', `/v1/keys/${keyId}`, { key })],
];
const SETTINGS: Write = [
  'changes the settings',
  (key) => harness.call('PATCH', '/v1/workspace', { key, body: { name: 'theirs' } }),
];
const INVITATIONS: Write[] = [
  [
    'invites somebody',
    (key) =>
      harness.call('POST', '/v1/workspace/invitations', {
        key,
        body: { email: `${crypto.randomUUID()}@example.com`, role: 'owner' },
      }),
  ],
  [
    'revokes an invitation',
    (key, { invitationId }) =>
      harness.call('DELETE', `/v1/workspace/invitations/${invitationId}`, { key }),
  ],
];

/** All that must be as it was after a refusal. */
async function stateOf(workspaceId: string) {
  const { db, schema } = harness;
  const rows = await Promise.all([
    db.select().from(schema.apiKeys),
    db.select().from(schema.invitations),
    db.select().from(schema.workspaces),
  ]);
  return rows
    .flat()
    .filter((row) => ('workspaceId' in row ? row.workspaceId : row.id) === workspaceId)
    .map((row) => ({ ...row, lastUsedAt: null }));
}

async function refusedAfter(
  { workspaceId }: World,
  change: string,
  act: () => ReturnType<Harness['call']>,
) {
  const lock = `1 from workspaces where id = '${workspaceId}' for no key update`;
  const changing = await changeUnderLock(harness, { lock, change });
  const answer = await act();
  await changing.done;
  return answer;
}

describe.each([...KEY_WRITES, SETTINGS, ...INVITATIONS])('a person who %s', (_what, act) => {
  test.each([
    ['is made a member', "update members set role = 'member'", 'rights_reduced'],
    ['is removed', 'delete from members', 'not_a_member'],
  ])('and %s meanwhile, is refused', async (_how, change, reason) => {
    const there = await world();
    const { workspaceId } = there;
    const { userId, token }: TestUser = await harness.newUser({ workspaceId });
    const where = `where workspace_id = '${workspaceId}' and user_id = '${userId}'`;
    const before = await stateOf(workspaceId);
    const answer = await refusedAfter(there, `${change} ${where}`, () => act(token, there));
    expect(answer).toMatchObject({ status: 403, error: { details: { reason } } });
    expect(await stateOf(workspaceId)).toEqual(before);
  });
});

test('a member who makes a key and may reach fewer sessions meanwhile, is refused', async () => {
  const there = await world();
  const { workspaceId } = there;
  const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
  const change = `update members set all_sessions = false where user_id = '${member.userId}'`;
  const answer = await refusedAfter(there, change, () =>
    harness.call('POST', '/v1/keys', {
      key: member.token,
      body: { name: 'new', scopes: ['sessions:read'] },
    }),
  );
  expect(answer).toMatchObject({ status: 403, error: { details: { reason: 'rights_reduced' } } });
});

describe.each([...KEY_WRITES, SETTINGS])('a key that %s', (_what, act) => {
  test.each([
    ['is revoked', 'revoked_at = now()', 401],
    ['is paused', 'is_active = false', 401],
    ['is given fewer scopes', "scopes = '{sessions:read}'", 403],
  ])('and %s meanwhile, is refused', async (_how, change, status) => {
    const there = await world();
    const { workspaceId } = there;
    const { apiKey, keyId } = await harness.newKey(workspaceId);
    const set = `update api_keys set ${change} where id = '${keyId}'`;
    const state = async () => (await stateOf(workspaceId)).filter((row) => row.id !== keyId);
    const before = await state();
    const answer = await refusedAfter(there, set, () => act(apiKey, there));
    expect(answer.status).toBe(status);
    expect(await state()).toEqual(before);
  });
});

describe('an administrator who loses the role meanwhile, is refused', () => {
  const act = async (method: string, path: string, body: unknown) => {
    const { userId, token } = await harness.newUser({ isAdmin: true });
    const lock = `1 from users where id = '${userId}' for no key update`;
    const change = `update users set role = 'user' where id = '${userId}'`;
    const changing = await changeUnderLock(harness, { lock, change });
    const answer = await harness.call(method, `/v1/admin${path}`, { key: token, body });
    await changing.done;
    return answer;
  };
  const refused = { status: 403, error: { code: 'FORBIDDEN', details: { required: 'admin' } } };

  test('making an administrator', async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const answer = await act('POST', '/users', { email, name: 'Eve', role: 'admin' });
    expect(answer).toMatchObject(refused);
    const { users } = harness.schema;
    expect((await harness.db.select().from(users)).some((user) => user.email === email)).toBe(
      false,
    );
  });

  test('changing a workspace', async () => {
    const { workspaceId } = await harness.newWorkspace({ tier: 'basic' });
    const answer = await act('PATCH', `/workspaces/${workspaceId}`, { tier: 'max' });
    expect(answer).toMatchObject(refused);
    expect(await stateOf(workspaceId)).toMatchObject([{}, { tier: 'basic' }]);
  });
});
