import { expect, test } from 'vitest';
import { CHAT_OPERATIONS } from '../../../shared/catalogue/live/chats.ts';
import { createHarness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import { type ListedOperation, readDocument } from '../../testing/openapi.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { GROUP_CALLS, type LiveCall } from './testing/group-calls.ts';

/* What WAHA's calls ask of a live session, and how its answers are written. The session answers with its rows' examples. */
const harness = await createHarness();
const call = plainCall(harness);
const CHAT = '15550100001@c.us';
const CHANNEL = '120363099999999999@newsletter';
const PICTURE = { file: { data: 'iVBORw0KGgo=', mimetype: 'image/png' } };
const PERSON = { contactId: CHAT, session: 'default' };

const ANY_OBJECT = expect.any(Object);

test.each<LiveCall>([
  [
    'GET',
    'S/chats',
    null,
    'listChats',
    {},
    [expect.objectContaining({ id: CHAT, isGroup: false })],
  ],
  ['GET', 'S/chats/overview', null, 'listChats', {}, [expect.objectContaining({ id: CHAT })]],
  [
    'POST',
    'S/chats/overview',
    { pagination: { limit: 1 }, filter: { ids: [CHAT] } },
    'listChats',
    {},
    [expect.objectContaining({ id: CHAT })],
  ],
  ['POST', 'S/chats/overview', { pagination: {}, filter: { ids: ['x'] } }, 'listChats', {}, []],
  ['GET', `S/chats/${CHAT}/picture`, null, 'getContact', { chatId: CHAT }, { url: null }],
  [
    'POST',
    `S/chats/${CHAT}/archive`,
    {},
    'updateChat',
    { chatId: CHAT, archived: true },
    expect.objectContaining({ id: CHAT }),
  ],
  ['POST', `S/chats/${CHAT}/unarchive`, {}, 'updateChat', { archived: false }, ANY_OBJECT],
  ['POST', `S/chats/${CHAT}/unread`, {}, 'updateChat', { unread: true }, ANY_OBJECT],
  ['POST', `S/chats/${CHAT}/messages/read`, {}, 'markChatSeen', { chatId: CHAT }, ANY_OBJECT],
  ['DELETE', `S/chats/${CHAT}`, null, 'deleteChat', { chatId: CHAT }, {}],
  [
    'GET',
    `S/chats/${CHAT}/messages?limit=5`,
    null,
    'listChatMessages',
    { chatId: CHAT, limit: 5 },
    [
      expect.objectContaining({
        id: expect.stringContaining(
          String(CHAT_OPERATIONS.listChatMessages.example.output.messages[0]?.wireId),
        ),
      }),
    ],
  ],
  [
    'GET',
    `messages?session=default&chatId=${CHAT}&limit=5`,
    null,
    'listChatMessages',
    { chatId: CHAT, limit: 5 },
    [expect.objectContaining({ hasMedia: false })],
  ],
  [
    'GET',
    'contacts/all?session=default&limit=1',
    null,
    'listContacts',
    {},
    [expect.objectContaining({ id: CHAT, number: '15550100001', isMyContact: true })],
  ],
  [
    'GET',
    `contacts?contactId=${CHAT}`,
    null,
    'getContact',
    { chatId: CHAT },
    expect.objectContaining({ id: CHAT, name: 'Ada' }),
  ],
  ['GET', `contacts/about?contactId=${CHAT}`, null, 'getContact', {}, { about: expect.anything() }],
  [
    'GET',
    `contacts/profile-picture?contactId=${CHAT}`,
    null,
    'getContact',
    {},
    { profilePictureURL: null },
  ],
  ['POST', 'contacts/block', PERSON, 'blockContact', { chatId: CHAT, blocked: true }, {}],
  ['POST', 'contacts/unblock', PERSON, 'blockContact', { blocked: false }, {}],
  ['GET', 'S/lids', null, 'listContacts', {}, [{ lid: '90000000001@lid', pn: CHAT }]],
  ['GET', 'S/lids/count', null, 'listContacts', {}, { count: 1 }],
  [
    'GET',
    'S/lids/90000000001',
    null,
    'getContactIds',
    { chatId: '90000000001@lid' },
    { lid: '90000000001@lid', pn: CHAT },
  ],
  ['GET', 'S/lids/pn/15550100001', null, 'getContactIds', { chatId: CHAT }, ANY_OBJECT],
  ...GROUP_CALLS,
  [
    'GET',
    'S/labels',
    null,
    'listLabels',
    {},
    [expect.objectContaining({ colorHex: '#ff9485', color: null })],
  ],
  [
    'GET',
    'S/labels/1/chats',
    null,
    'listChats',
    { labelId: '1' },
    [expect.objectContaining({ id: CHAT })],
  ],
  ['GET', `S/labels/chats/${CHAT}`, null, 'getChatLabels', { chatId: CHAT }, expect.any(Array)],
  [
    'PUT',
    `S/labels/chats/${CHAT}`,
    { labels: [{ id: '1' }] },
    'setChatLabels',
    { labelIds: ['1'] },
    {},
  ],
  ['GET', 'S/channels', null, 'listChannels', {}, [expect.objectContaining({ id: CHANNEL })]],
  [
    'GET',
    `S/channels/${CHANNEL}`,
    null,
    'getChannel',
    {},
    expect.objectContaining({ role: 'SUBSCRIBER' }),
  ],
  ['POST', `S/channels/${CHANNEL}/follow`, {}, 'followChannel', { follow: true }, {}],
  ['POST', `S/channels/${CHANNEL}/unfollow`, {}, 'followChannel', { follow: false }, {}],
  [
    'POST',
    'S/presence',
    { chatId: CHAT, presence: 'typing' },
    'showChatState',
    { state: 'typing' },
    {},
  ],
  [
    'POST',
    'S/presence',
    { chatId: CHAT, presence: 'recording' },
    'showChatState',
    { state: 'recording' },
    {},
  ],
  ['GET', `S/presence/${CHAT}`, null, 'getPresence', {}, expect.objectContaining({ id: CHAT })],
  ['POST', `S/presence/${CHAT}/subscribe`, {}, 'subscribePresence', {}, {}],
  ['GET', 'S/profile', null, 'getProfile', {}, expect.objectContaining({ name: 'Ada' })],
  ['PUT', 'S/profile/name', { name: 'Ada L' }, 'updateProfile', { name: 'Ada L' }, {}],
  ['PUT', 'S/profile/status', { status: 'Away' }, 'updateProfile', { about: 'Away' }, {}],
  ['PUT', 'S/profile/picture', PICTURE, 'setProfilePicture', {}, {}],
  ['DELETE', 'S/profile/picture', null, 'setProfilePicture', { picture: null }, {}],
  [
    'POST',
    'S/status/text',
    { text: 'Open', backgroundColor: '#38b42f', font: 1 },
    'postStatus',
    { text: 'Open', color: '#38b42f', font: 1 },
    { id: expect.stringMatching(/^true_status@broadcast_/) },
  ],
  [
    'POST',
    'S/status/delete',
    { id: 'true_status@broadcast_3EB0C431C26A1916E07A5D' },
    'deleteStatus',
    { wireId: '3EB0C431C26A1916E07A5D' },
    {},
  ],
  ['POST', 'S/calls/reject', { id: '0D1F6C9A2B7E4853' }, 'rejectCall', {}, {}],
])('%s %s with %j asks for %s', async (method, path, body, name, input, answer) => {
  const { apiKey: key, runner } = await liveSession(harness, { name: 'default' });
  const address = `/compat/waha/api/${path.replace(/^S\//, 'default/')}`;
  const options = body === null ? { key } : { key, body };
  const { status, body: shown } = await call(method, address, options);
  expect(status, JSON.stringify(shown)).toBeLessThan(300);
  expect(shown).toEqual(answer);
  const calls = (await runner.calls()).filter((one) => one.name !== 'wake');
  expect(calls).toMatchObject([{ name, body: input }]);
});

test('what the engine cannot do is 501 with the reason, for a session that there is', async () => {
  const { workspaceId } = await liveSession(harness, { name: 'default' });
  const { apiKey: key } = await harness.newKey(workspaceId, { perMinute: 10_000 });
  const { body } = await call('GET', '/openapi/waha.json', {});
  const { operations } = readDocument(body);
  const refused = operations.filter(
    ({ responses }) => !Object.keys(responses).some((status) => /^[12]/.test(status)),
  );
  expect(refused.length).toBeGreaterThan(25);
  const ask = ({ method, path }: ListedOperation, session: string) => {
    const address = path.replace('{session}', session).replaceAll(/\{\w+\}/g, CHAT);
    return call(method, address, method === 'GET' ? { key } : { key, body: {} });
  };
  for (const one of refused)
    expect(await ask(one, 'default'), one.path).toMatchObject({
      status: 501,
      body: { statusCode: 501, code: 'NOT_SUPPORTED', message: expect.stringMatching(/\.$/) },
    });
  for (const one of refused.filter(({ path }) => path.includes('{session}')))
    expect(await ask(one, 'nobody'), one.path).toMatchObject({ status: 404 });
});

test.each([
  [{ presence: 'online' }, 501, 'alwaysOnline'],
  [{ presence: 'offline', chatId: CHAT }, 501, 'alwaysOnline'],
  [{ presence: 'typing' }, 422, 'chatId'],
])('a presence of %j is %i and names %s', async (body, status, named) => {
  const { apiKey: key, runner } = await liveSession(harness, { name: 'default' });
  expect(await call('POST', '/compat/waha/api/default/presence', { key, body })).toMatchObject({
    status,
    body: { message: expect.stringContaining(named) },
  });
  expect(await runner.calls()).toEqual([]);
});

test('a session is found in any spelling of its name', async () => {
  const { apiKey: key } = await liveSession(harness, { name: 'Support' });
  const headers = { accept: 'application/json' };
  const paths = ['sessions/SUPPORT', 'screenshot?session=supPort', `support/chats/${CHAT}/picture`];
  for (const path of paths)
    expect(await call('GET', `/compat/waha/api/${path}`, { key, headers }), path).toMatchObject({
      status: 200,
    });
  const body = { session: 'SUPPORT', chatId: CHAT };
  expect(await call('POST', '/compat/waha/api/startTyping', { key, body })).toMatchObject({
    status: 201,
  });
});

test('a cap on new chats is shown, and null where it is not known', async () => {
  const { apiKey: key } = await liveSession(harness, { name: 'default' });
  const answer = await call('GET', '/compat/waha/api/sessions/default/capping', { key });
  expect(answer.body).toEqual({
    status: null,
    totalQuota: null,
    usedQuota: null,
    cycleStartsAt: null,
    cycleEndsAt: null,
  });
});

test('keys are made, listed, changed and revoked', async () => {
  const { apiKey: key } = await liveSession(harness, { name: 'default' });
  const path = '/compat/waha/api/keys';
  const made = await call('POST', path, { key, body: { isAdmin: false, session: 'default' } });
  expect(made).toMatchObject({ status: 201, body: { isActive: true, isAdmin: false } });
  const { id, key: shownOnce, session } = Object(made.body);
  expect(session).toMatch(/^ses_/);
  expect(shownOnce).toMatch(/^wp_/);
  const sent = await call('POST', '/compat/waha/api/sendText', {
    key: shownOnce,
    body: { chatId: CHAT, text: 'Hello' },
  });
  expect(sent.status).toBe(201);
  const paused = await call('PUT', `${path}/${id}`, { key, body: { isActive: false } });
  expect(paused).toMatchObject({ status: 200, body: { id, isActive: false } });
  const list = await call('GET', path, { key });
  expect(list.body).toContainEqual({ id, isActive: false, isAdmin: false, session });
  expect(await call('DELETE', `${path}/${id}`, { key })).toMatchObject({ status: 200 });
});

test('a message is pinned for as long as WhatsApp knows', async () => {
  const { apiKey: key, runner } = await liveSession(harness, { name: 'default' });
  await runner.script({ pinMessage: done({ until: null }) });
  const path = `/compat/waha/api/default/chats/${CHAT}/messages/true_${CHAT}_3EB0`;
  for (const verb of ['pin', 'unpin'])
    expect(await call('POST', `${path}/${verb}`, { key, body: {} })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
});

test.each(['limit=many', 'offset=-1'])('a part of a list is no %s', async (query) => {
  const { apiKey: key } = await liveSession(harness, { name: 'default' });
  const answer = await call('GET', `/compat/waha/api/default/chats?${query}`, { key });
  expect(answer).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('must be a whole number') },
  });
});
