import { beforeAll, describe, expect, test } from 'vitest';
import { LIVE_OPERATIONS } from '../../shared/catalogue/live-operations.ts';
import { createHarness, type Harness, type NewSession } from '../testing/harness.ts';
import { done, liveSession } from '../testing/live-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>) => liveSession(harness, change);

const group = '120363012345678901@g.us';
const groupId = group;
const phone = encodeURIComponent('+15550100001');
const chatId = '15550100001@c.us';
const channelId = '120363099999999999@newsletter';
const lid = '90000000001@lid';
const PNG = 'iVBORw0KGgo=';
const written = ['+1 555 010 0001', '15550100001@c.us', '90000000001@LID'];
const members = ['15550100001@c.us', '90000000001@lid'];
const code = 'AbCdEfGhIjKlMnOpQrStUv';
const link = `https://chat.whatsapp.com/${code}`;

describe.each([
  ['GET', '/groups?limit=5', undefined, 'listGroups', { after: null, limit: 5 }],
  [
    'POST',
    '/groups',
    { subject: ' Team ', members: written },
    'createGroup',
    { subject: 'Team', members },
  ],
  ['POST', '/groups/join', { invite: `${link}?mode=a` }, 'joinGroup', { code }],
  ['POST', '/groups/preview', { invite: code }, 'previewGroupInvite', { code }],
  ['GET', `/groups/${group}`, undefined, 'getGroup', { groupId }],
  ['PATCH', `/groups/${group}`, { description: null }, 'updateGroup', { groupId, description: '' }],
  ['GET', `/groups/${group}/members`, undefined, 'getGroup', { groupId }],
  [
    'POST',
    `/groups/${group}/members`,
    { members: written },
    'addGroupMembers',
    { groupId, members, invite: true },
  ],
  [
    'DELETE',
    `/groups/${group}/members`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'remove' },
  ],
  [
    'POST',
    `/groups/${group}/promote`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'promote' },
  ],
  [
    'POST',
    `/groups/${group}/demote`,
    { members: written },
    'changeGroupMembers',
    { groupId, members, change: 'demote' },
  ],
  [
    'PUT',
    `/groups/${group}/settings`,
    { onlyAdminsSend: true },
    'setGroupSettings',
    { groupId, settings: { onlyAdminsSend: true } },
  ],
  [
    'PUT',
    `/groups/${group}/picture`,
    { base64: 'data:image/png;base64,iVBO Rw0KGgo=' },
    'setGroupPicture',
    { groupId, picture: { mimetype: 'image/jpeg', base64: 'iVBORw0KGgo=' } },
  ],
  ['DELETE', `/groups/${group}/picture`, undefined, 'setGroupPicture', { groupId, picture: null }],
  ['GET', `/groups/${group}/invite`, undefined, 'getGroupInvite', { groupId }],
  ['DELETE', `/groups/${group}/invite`, undefined, 'revokeGroupInvite', { groupId }],
  ['POST', `/groups/${group}/leave`, {}, 'leaveGroup', { groupId }],
  ['GET', `/groups/${group}/join-requests`, undefined, 'listGroupJoinRequests', { groupId }],
  [
    'POST',
    `/groups/${group}/join-requests`,
    { members: written, approve: false },
    'answerGroupJoinRequests',
    { groupId, members, approve: false },
  ],
  [
    'GET',
    '/contacts?saved=true&limit=5',
    undefined,
    'listContacts',
    { saved: true, blocked: null, limit: 5 },
  ],
  ['GET', '/contacts?blocked=true', undefined, 'listContacts', { saved: null, blocked: true }],
  ['POST', '/contacts/check', { numbers: written }, 'checkContacts', { ids: members }],
  ['GET', `/contacts/${phone}`, undefined, 'getContact', { chatId }],
  ['GET', `/contacts/${lid}/ids`, undefined, 'getContactIds', { chatId: lid }],
  ['GET', `/presence/${phone}`, undefined, 'getPresence', { chatId }],
  ['POST', `/presence/${phone}/subscribe`, {}, 'subscribePresence', { chatId, subscribed: true }],
  ['POST', `/contacts/${phone}/block`, {}, 'blockContact', { chatId, blocked: true }],
  ['POST', `/contacts/${phone}/unblock`, {}, 'blockContact', { chatId, blocked: false }],
  ['GET', '/chats?archived=false', undefined, 'listChats', { archived: false, limit: 20 }],
  ['GET', '/chats?labelId=1', undefined, 'listChats', { archived: null, labelId: '1' }],
  ['GET', `/chats/${group}`, undefined, 'getChat', { chatId: group }],
  ['GET', `/chats/${phone}/messages`, undefined, 'listChatMessages', { chatId, after: null }],
  ['POST', `/chats/${phone}/archive`, {}, 'updateChat', { chatId, archived: true }],
  ['POST', `/chats/${phone}/pin`, { pinned: false }, 'updateChat', { chatId, pinned: false }],
  ['POST', `/chats/${phone}/unread`, {}, 'updateChat', { chatId, unread: true }],
  ['POST', `/chats/${phone}/mute`, {}, 'updateChat', { chatId, mutedUntil: -1 }],
  ['POST', `/chats/${phone}/mute`, { muted: false }, 'updateChat', { chatId, mutedUntil: 0 }],
  [
    'POST',
    `/chats/${phone}/mute`,
    { until: '2026-12-01T09:00:00Z' },
    'updateChat',
    { chatId, mutedUntil: Date.UTC(2026, 11, 1, 9) / 1_000 },
  ],
  ['POST', `/chats/${phone}/seen`, {}, 'markChatSeen', { chatId }],
  [
    'POST',
    `/chats/${phone}/typing`,
    {},
    'showChatState',
    { chatId, state: 'typing', forMs: 10_000 },
  ],
  [
    'POST',
    `/chats/${phone}/recording`,
    { seconds: 0 },
    'showChatState',
    { chatId, state: 'none', forMs: 0 },
  ],
  ['DELETE', `/chats/${phone}`, undefined, 'deleteChat', { chatId }],
  ['POST', '/calls/0D1F/reject', {}, 'rejectCall', { callId: '0D1F' }],
  ['GET', '/channels', undefined, 'listChannels', {}],
  [
    'POST',
    '/channels/preview',
    { link: `https://whatsapp.com/channel/${code}?x=1` },
    'previewChannel',
    { code },
  ],
  ['GET', `/channels/${channelId}`, undefined, 'getChannel', { channelId }],
  ['POST', `/channels/${channelId}/follow`, {}, 'followChannel', { channelId, follow: true }],
  ['POST', `/channels/${channelId}/unfollow`, {}, 'followChannel', { channelId, follow: false }],
  ['GET', '/labels', undefined, 'listLabels', {}],
  ['GET', `/chats/${phone}/labels`, undefined, 'getChatLabels', { chatId }],
  ['PUT', `/chats/${phone}/labels`, { labelIds: [] }, 'setChatLabels', { chatId, labelIds: [] }],
  ['GET', '/status', undefined, 'listStatus', {}],
  [
    'POST',
    '/status',
    { text: 'Open', color: '#FF0000' },
    'postStatus',
    { text: 'Open', color: '#FF0000', font: 0 },
  ],
  ['DELETE', '/status/3EB0C431C2', undefined, 'deleteStatus', { wireId: '3EB0C431C2' }],
  ['GET', '/profile', undefined, 'getProfile', {}],
  [
    'PATCH',
    '/profile',
    { name: 'Desk', about: null },
    'updateProfile',
    { name: 'Desk', about: '' },
  ],
  ['PUT', '/profile/picture', { base64: PNG }, 'setProfilePicture', { picture: { base64: PNG } }],
  ['DELETE', '/profile/picture', undefined, 'setProfilePicture', { picture: null }],
] as const)('%s /v1%s', (method, path, body, name, asked) => {
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
  ['a person for a group', 'GET', '/groups/15550100001@c.us', undefined],
  ['a group for a person', 'POST', `/groups/${group}/members`, { members: [group] }],
  ['a group for a channel', 'GET', `/channels/${group}`, undefined],
  ['an empty status', 'POST', '/status', { text: ' \n' }],
  ['a color by name', 'POST', '/status', { text: 'Open', color: 'red' }],
  ['nobody', 'POST', `/groups/${group}/members`, { members: [] }],
  ['51 people', 'POST', `/groups/${group}/members`, { members: Array(51).fill('+15550100001') }],
  ['no subject', 'POST', '/groups', { subject: ' ', members: written }],
  ['nothing to change', 'PATCH', `/groups/${group}`, {}],
  ['nothing to change of it', 'PATCH', '/profile', {}],
  ['101 numbers', 'POST', '/contacts/check', { numbers: Array(101).fill('+15550100001') }],
  ['a group for a contact', 'GET', `/contacts/${group}`, undefined],
  [
    'until of no mute',
    'POST',
    `/chats/${phone}/mute`,
    { muted: false, until: '2026-12-01T09:00:00Z' },
  ],
  ['no invite', 'POST', '/groups/join', { invite: 'https://example.com/' }],
  ['no image', 'PUT', `/groups/${group}/picture`, { base64: 'ä' }],
])('%s is a VALIDATION_ERROR', async (_what, method, path, body) => {
  const { call, runner } = await setUp();
  expect((await call(method, path, body)).error?.code).toBe('VALIDATION_ERROR');
  expect(await runner.calls()).toEqual([]);
});

test('WhatsApp’s own limit comes with the time to wait', async () => {
  const { call, runner } = await setUp();
  const details = { whatsAppStatus: 429, retryAfterSeconds: 60 };
  const error = { code: 'RATE_LIMITED', message: 'WhatsApp wants fewer of these.', details };
  await runner.script({ getGroup: { status: 429, body: { ok: false, error } } });
  const answer = await call('GET', `/groups/${group}`);
  expect(answer).toMatchObject({ status: 429, error });
  expect(answer.headers.get('retry-after')).toBe('60');
});

test('people without a country code are read in the workspace’s own', async () => {
  const { call, apiKey, runner } = await setUp();
  await harness.call('PATCH', '/v1/workspace', { key: apiKey, body: { defaultCountry: 'GB' } });
  await call('POST', '/groups', { subject: 'Team', members: ['07911 123456'] });
  expect(await runner.calls()).toMatchObject([{ body: { members: ['447911123456@c.us'] } }]);
});

test('members are a CSV file that a spreadsheet keeps as it is', async () => {
  const { apiKey, runner } = await setUp();
  const { output } = LIVE_OPERATIONS.getGroup.example;
  const [ada] = output.members;
  const hidden = {
    ...ada,
    id: '90000000002@lid',
    lid: '90000000002@lid',
    phone: null,
    username: 'bea.b',
  };
  const shown = { ...output, members: [ada, { ...hidden, name: '=1+1, "x"', role: 'member' }] };
  await runner.script({ getGroup: done(shown) });
  const file = (query: string) =>
    harness.request('GET', `/v1/groups/${group}/members?format=csv${query}`, { key: apiKey });
  const response = await file('');
  expect(response.headers.get('content-type')).toContain('text/csv');
  const text = await response.text();
  expect(text).toBe(
    [
      'phone,name,role,id,lid,username',
      "'+15550100001,Ada,owner,15550100001@c.us,90000000001@lid,",
      `,"'=1+1, ""x""",member,90000000002@lid,90000000002@lid,bea.b`,
      '',
    ].join('\r\n'),
  );
  const marked = new Uint8Array(await (await file('&bom=true')).arrayBuffer());
  expect(Array.from(marked.slice(0, 3))).toEqual([0xef, 0xbb, 0xbf]);
});
