import { expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { liveAnswers, liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

/* What Evolution's calls on chats and groups ask of /v1, and how their answers are written. */
const harness = await createHarness();
const call = plainCall(harness);
const { messages } = harness.schema;
const BASE = '/compat/evolution';
const CHAT = '15550100001@c.us';
const JID = '15550100001@s.whatsapp.net';
const GROUP = '120363012345678901@g.us';

/** What each call answers on a fake runner, which gives the catalogue's examples. */
test.each<[string, string, unknown, number, unknown, string | null]>([
  [
    'POST',
    'chat/whatsappNumbers',
    { numbers: ['15550100001'] },
    200,
    [{ jid: JID, exists: true, number: '15550100001' }],
    'checkContacts',
  ],
  [
    'POST',
    'chat/markMessageAsRead',
    { readMessages: [{ remoteJid: JID, fromMe: false, id: 'X' }] },
    201,
    { read: 'success' },
    'markChatSeen',
  ],
  [
    'POST',
    'chat/sendPresence',
    { number: JID, presence: 'composing', delay: 1_200 },
    201,
    { presence: 'composing' },
    'showChatState',
  ],
  ['POST', 'chat/sendPresence', { number: JID, presence: 'available' }, 501, { status: 501 }, null],
  [
    'POST',
    'chat/archiveChat',
    { lastMessage: { key: { remoteJid: JID } }, archive: true },
    201,
    { chatId: JID, archived: true },
    'updateChat',
  ],
  ['POST', 'chat/markChatUnread', { chat: JID }, 201, { markedChatUnread: true }, 'updateChat'],
  [
    'POST',
    'chat/updateBlockStatus',
    { number: JID, status: 'block' },
    201,
    { block: 'success' },
    'blockContact',
  ],
  [
    'POST',
    'chat/findContacts',
    { where: { remoteJid: JID } },
    200,
    [{ remoteJid: JID }],
    'listContacts',
  ],
  ['POST', 'chat/findChats', {}, 200, [{ remoteJid: JID }], 'listChats'],
  ['GET', `chat/findChatByRemoteJid?remoteJid=${JID}`, null, 200, { remoteJid: JID }, 'getChat'],
  ['POST', 'chat/fetchProfilePictureUrl', { number: JID }, 200, { wuid: JID }, 'getContact'],
  [
    'POST',
    'chat/fetchProfile',
    { number: JID },
    200,
    { wuid: JID, isBusiness: false },
    'getContact',
  ],
  ['POST', 'chat/fetchProfile', {}, 200, { status: { status: 'At the desk' } }, 'getProfile'],
  ['POST', 'chat/updateProfileName', { name: 'Desk' }, 200, { update: 'success' }, 'updateProfile'],
  [
    'POST',
    'chat/updateProfileStatus',
    { status: 'Hi' },
    200,
    { update: 'success' },
    'updateProfile',
  ],
  [
    'POST',
    'chat/updateProfilePicture',
    { picture: 'aGVsbG8=' },
    200,
    { update: 'success' },
    'setProfilePicture',
  ],
  ['DELETE', 'chat/removeProfilePicture', null, 200, { update: 'success' }, 'setProfilePicture'],
  [
    'POST',
    'chat/findStatusMessage',
    {},
    200,
    [{ message: { conversation: 'Open on Sunday' } }],
    'listStatus',
  ],
  ['POST', 'chat/updateProfilePicture', { picture: 'https://x.test/a.png' }, 501, {}, null],
  ['POST', 'chat/fetchBusinessProfile', { number: JID }, 501, { status: 501 }, null],
  ['GET', 'chat/fetchPrivacySettings', null, 501, { status: 501 }, null],
  ['POST', 'chat/updatePrivacySettings', {}, 501, { status: 501 }, null],
  [
    'POST',
    'group/create',
    { subject: 'Book club', participants: ['15550100001'], description: 'On Mondays' },
    201,
    { id: GROUP, subject: 'Book club', participants: [{ id: JID, admin: 'superadmin' }] },
    'createGroup',
  ],
  ['POST', `group/updateGroupSubject?groupJid=${GROUP}`, { subject: 'B' }, 201, {}, 'updateGroup'],
  [
    'POST',
    `group/updateGroupDescription?groupJid=${GROUP}`,
    { description: 'B' },
    201,
    { update: 'success' },
    'updateGroup',
  ],
  [
    'POST',
    `group/updateGroupPicture?groupJid=${GROUP}`,
    { image: 'aGVsbG8=' },
    201,
    { update: 'success' },
    'setGroupPicture',
  ],
  ['GET', `group/findGroupInfos?groupJid=${GROUP}`, null, 200, { size: 1, desc: null }, 'getGroup'],
  ['GET', 'group/fetchAllGroups?getParticipants=false', null, 200, [{ id: GROUP }], 'listGroups'],
  [
    'GET',
    `group/participants?groupJid=${GROUP}`,
    null,
    200,
    { participants: [{ id: JID }] },
    'getGroup',
  ],
  [
    'GET',
    `group/inviteCode?groupJid=${GROUP}`,
    null,
    200,
    { inviteCode: 'AbCdEfGhIjKlMnOpQrStUv' },
    'getGroupInvite',
  ],
  [
    'POST',
    `group/revokeInviteCode?groupJid=${GROUP}`,
    null,
    201,
    { revoked: true },
    'revokeGroupInvite',
  ],
  [
    'GET',
    'group/inviteInfo?inviteCode=AbCdEfGhIjKlMnOpQrStUv',
    null,
    200,
    { id: GROUP, size: 1 },
    'previewGroupInvite',
  ],
  [
    'GET',
    'group/acceptInviteCode?inviteCode=AbCdEfGhIjKlMnOpQrStUv',
    null,
    200,
    { accepted: true, groupJid: GROUP },
    'joinGroup',
  ],
  [
    'POST',
    'group/sendInvite',
    { groupJid: GROUP, numbers: ['15550100001'] },
    200,
    { send: true },
    'getGroupInvite',
  ],
  [
    'POST',
    `group/updateParticipant?groupJid=${GROUP}`,
    { action: 'add', participants: ['15550100001'] },
    201,
    { updateParticipants: [{ status: '200', jid: JID }] },
    'addGroupMembers',
  ],
  [
    'POST',
    `group/updateParticipant?groupJid=${GROUP}`,
    { action: 'demote', participants: ['15550100001'] },
    201,
    { updateParticipants: [{ status: '403', jid: JID }] },
    'changeGroupMembers',
  ],
  [
    'POST',
    `group/updateSetting?groupJid=${GROUP}`,
    { action: 'announcement' },
    201,
    { update: 'success' },
    'setGroupSettings',
  ],
  ['DELETE', `group/leaveGroup?groupJid=${GROUP}`, null, 200, { leave: true }, 'leaveGroup'],
  ['POST', 'group/toggleEphemeral', {}, 501, { status: 501, code: 'NOT_SUPPORTED' }, null],
])('%s %s %j', async (method, path, body, status, answer, asked) => {
  const { apiKey: key, name, runner } = await liveSession(harness);
  const [address = '', query = ''] = path.split('?');
  const got = await call(method, `${BASE}/${address}/${name}?${query}`, {
    key,
    ...(body !== null && { body }),
  });
  expect(got, JSON.stringify(got.body)).toMatchObject({ status, body: answer });
  const calls = (await runner.calls()).filter((one) => one.name !== 'doorbell');
  expect(calls.map((one) => one.name).slice(0, 1)).toEqual(asked === null ? [] : [asked]);
});

test('a group that may not have its description is made all the same', async () => {
  const { apiKey: key, name, runner } = await liveSession(harness);
  const error = { code: 'FORBIDDEN', message: 'Only admins may.', details: {} };
  await runner.script({
    ...liveAnswers(),
    updateGroup: { status: 403, body: { ok: false, error } },
  });
  const body = { subject: 'Book club', participants: ['15550100001'], description: 'On Mondays' };
  const answer = await call('POST', `${BASE}/group/create/${name}`, { key, body });
  expect(answer).toMatchObject({ status: 201, body: { id: GROUP, desc: null } });
  expect(answer.headers.get('waypost-ignored')).toBe('description');
});

test('messages are found, edited and deleted by their keys', async () => {
  const { apiKey: key, workspaceId, id: sessionId, name } = await liveSession(harness);
  const wireIds = await Promise.all(
    [true, false].map(async (isOwn) => {
      const wireId = newId('message').slice(-20).toUpperCase();
      await harness.db.insert(messages).values({
        id: newId('message'),
        workspaceId,
        sessionId,
        direction: isOwn ? 'outbound' : 'inbound',
        chatId: CHAT,
        fromId: isOwn ? null : CHAT,
        type: 'text',
        content: { text: 'Hi' },
        status: 'sent',
        statusRank: 4,
        wireId,
      });
      return wireId;
    }),
  );
  const [own = '', other = ''] = wireIds;
  const find = async (body: object) => {
    const { body: found } = await call('POST', `${BASE}/chat/findMessages/${name}`, { key, body });
    const page = z
      .object({
        messages: z.looseObject({
          pages: z.number(),
          records: z.array(z.looseObject({ key: z.looseObject({ id: z.string() }) })),
        }),
      })
      .parse(found).messages;
    return { pages: page.pages, ids: page.records.map((one) => one.key.id) };
  };
  const chat = { where: { key: { remoteJid: JID } } };
  expect((await find(chat)).ids.toSorted()).toEqual(wireIds.toSorted());
  const first = await find({ ...chat, offset: 1 });
  const second = await find({ ...chat, offset: 1, page: 2 });
  expect([...first.ids, ...second.ids].toSorted()).toEqual(wireIds.toSorted());
  expect([first.pages, second.pages]).toEqual([2, 2]);
  expect((await find({ where: { key: { id: other } } })).ids).toEqual([other]);
  expect((await find({ where: { key: { ...chat.where.key, fromMe: true } } })).ids).toEqual([own]);
  const ownKey = { id: own, remoteJid: JID, fromMe: true };
  const edited = await call('POST', `${BASE}/chat/updateMessage/${name}`, {
    key,
    body: { number: JID, key: ownKey, text: 'Hello' },
  });
  expect(edited).toMatchObject({ status: 200, body: { key: ownKey } });
  const path = `${BASE}/chat/deleteMessageForEveryone/${name}`;
  expect(await call('DELETE', path, { key, body: ownKey })).toMatchObject({
    status: 201,
    body: { key: ownKey },
  });
  const noFile = { message: { key: { id: other } } };
  const base64 = `${BASE}/chat/getBase64FromMediaMessage/${name}`;
  expect(await call('POST', base64, { key, body: noFile })).toMatchObject({ status: 404 });
});
