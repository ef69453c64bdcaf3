import { beforeAll, describe, expect, test } from 'vitest';
import { LIVE_OPERATIONS } from '../../../shared/catalogue/live-operations.ts';
import { rowsOf } from '../../../shared/catalogue/testing/rows-of.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ok = (result: unknown) => ({ body: { ok: true, result } });

async function setUp(change: Partial<NewSession> = {}) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  await runner.script(
    Object.fromEntries(
      rowsOf(LIVE_OPERATIONS).map(([name, row]) => [name, ok(row.example.output)]),
    ),
  );
  const session = { workspaceId, owner: runner.owner, isDefault: true, ...change };
  const { id, name } = await harness.newSession(session);
  const call = (method: string, path: string, body?: unknown) =>
    harness.call(method, `/v1/groups${path}`, {
      key: apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return { workspaceId, apiKey, runner, id, name, call };
}

const group = '120363012345678901@g.us';
const groupId = group;
const written = ['+1 555 010 0001', '15550100001@c.us', '90000000001@LID'];
const members = ['15550100001@c.us', '90000000001@lid'];
const code = 'AbCdEfGhIjKlMnOpQrStUv';
const link = `https://chat.whatsapp.com/${code}`;

describe.each([
  ['GET', '?limit=5', undefined, 'listGroups', { after: null, limit: 5 }],
  [
    'POST',
    '',
    { subject: ' Team ', members: written },
    'createGroup',
    { subject: 'Team', members },
  ],
  ['POST', '/join', { invite: `${link}?mode=a` }, 'joinGroup', { code }],
  ['GET', `/preview?invite=${encodeURIComponent(link)}`, undefined, 'previewGroupInvite', { code }],
  ['GET', `/${group}`, undefined, 'getGroup', { groupId }],
  ['PATCH', `/${group}`, { description: null }, 'updateGroup', { groupId, description: '' }],
  ['GET', `/${group}/members`, undefined, 'getGroup', { groupId }],
  [
    'POST',
    `/${group}/members`,
    { members: written },
    'addGroupMembers',
    { groupId, members, invite: true },
  ],
  [
    'DELETE',
    `/${group}/members`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'remove' },
  ],
  [
    'POST',
    `/${group}/promote`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'promote' },
  ],
  [
    'POST',
    `/${group}/demote`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'demote' },
  ],
  [
    'PUT',
    `/${group}/settings`,
    { onlyAdminsSend: true },
    'setGroupSettings',
    { groupId, settings: { onlyAdminsSend: true } },
  ],
  [
    'PUT',
    `/${group}/picture`,
    { base64: 'data:image/png;base64,iVBO Rw0KGgo=' },
    'setGroupPicture',
    { groupId, picture: { mimetype: 'image/jpeg', base64: 'iVBORw0KGgo=' } },
  ],
  ['DELETE', `/${group}/picture`, undefined, 'setGroupPicture', { groupId, picture: null }],
  ['GET', `/${group}/invite`, undefined, 'getGroupInvite', { groupId }],
  ['DELETE', `/${group}/invite`, undefined, 'revokeGroupInvite', { groupId }],
  ['POST', `/${group}/leave`, undefined, 'leaveGroup', { groupId }],
  ['GET', `/${group}/join-requests`, undefined, 'listGroupJoinRequests', { groupId }],
  [
    'POST',
    `/${group}/join-requests`,
    { members: written, approve: false },
    'answerGroupJoinRequests',
    { groupId, members, approve: false },
  ],
] as const)('%s /v1/groups%s', (method, path, body, name, asked) => {
  test('asks the default session, and says which it was', async () => {
    const { call, runner, id, name: sessionName } = await setUp();
    const answer = await call(method, path, body);
    expect(answer.error).toBeUndefined();
    expect(answer.meta).toMatchObject({ sessionId: id, sessionName });
    expect(await runner.calls()).toMatchObject([{ name, body: asked, session: id }]);
  });

  test('asks the session that it names', async () => {
    const { call, workspaceId, runner } = await setUp();
    const { id } = await harness.newSession({ workspaceId, owner: runner.owner });
    const inQuery = `${path}${path.includes('?') ? '&' : '?'}sessionId=${id}`;
    const answer = await (body === undefined
      ? call(method, inQuery)
      : call(method, path, { ...body, sessionId: id }));
    expect(answer.meta).toMatchObject({ sessionId: id });
  });

  test('says what to do where no session is meant', async () => {
    const { call } = await setUp({ isDefault: false });
    expect((await call(method, path, body)).error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('Pass `sessionId`'),
    });
  });

  test('keeps what WhatsApp refuses', async () => {
    const { call, runner } = await setUp();
    const error = {
      code: 'FORBIDDEN',
      message: 'Only an admin of the group can do that.',
      details: { needs: 'admin', role: 'member' },
    };
    await runner.script({ [name]: { status: 403, body: { ok: false, error } } });
    expect(await call(method, path, body)).toMatchObject({ status: 403, error });
  });
});

test.each([
  ['a person for a group', 'GET', '/15550100001@c.us', undefined],
  ['a group for a person', 'POST', `/${group}/members`, { members: [group] }],
  ['nobody', 'POST', `/${group}/members`, { members: [] }],
  ['51 people', 'POST', `/${group}/members`, { members: Array(51).fill('+15550100001') }],
  ['no subject', 'POST', '', { subject: ' ', members: written }],
  ['nothing to change', 'PATCH', `/${group}`, {}],
  ['no invite', 'POST', '/join', { invite: 'https://example.com/' }],
  ['no image', 'PUT', `/${group}/picture`, { base64: 'ä' }],
])('%s is a VALIDATION_ERROR', async (_what, method, path, body) => {
  const { call, runner } = await setUp();
  expect((await call(method, path, body)).error?.code).toBe('VALIDATION_ERROR');
  expect(await runner.calls()).toEqual([]);
});

test('people without a country code are read in the workspace’s own', async () => {
  const { call, apiKey, runner } = await setUp();
  await harness.call('PATCH', '/v1/workspace', { key: apiKey, body: { defaultCountry: 'GB' } });
  await call('POST', '', { subject: 'Team', members: ['07911 123456'] });
  expect(await runner.calls()).toMatchObject([{ body: { members: ['447911123456@c.us'] } }]);
});

test('members are a CSV file that a spreadsheet keeps as it is', async () => {
  const { apiKey, runner } = await setUp();
  const { output } = LIVE_OPERATIONS.getGroup.example;
  const [ada] = output.members;
  const hidden = { ...ada, id: '90000000002@lid', lid: '90000000002@lid', phone: null };
  const shown = { ...output, members: [ada, { ...hidden, name: '=1+1, "x"', role: 'member' }] };
  await runner.script({ getGroup: ok(shown) });
  const file = (query: string) =>
    harness.request('GET', `/v1/groups/${group}/members?format=csv${query}`, { key: apiKey });
  const response = await file('');
  expect(response.headers.get('content-type')).toContain('text/csv');
  const text = await response.text();
  expect(text).toBe(
    [
      'phone,name,role,id,lid',
      "'+15550100001,Ada,owner,15550100001@c.us,90000000001@lid",
      `,"'=1+1, ""x""",member,90000000002@lid,90000000002@lid`,
      '',
    ].join('\r\n'),
  );
  const marked = new Uint8Array(await (await file('&bom=true')).arrayBuffer());
  expect([...marked.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
});
