import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { jsonIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { type World, worldOf } from '../testing/world.ts';

const ADA = '15550100001';
const BOB = '15550100002';
const CHAT = `${ADA}@c.us`;
const API = '/compat/waha/api';
const PICTURE = { file: { data: PIXEL, mimetype: 'image/png' } };
const Id = z.looseObject({ id: z.string() });

/** What WAHA's clients ask of a live session, and their keys. */
export function wahaLive(running: () => Deployment): void {
  covers(
    'GET /compat/waha/api/sessions/{session}/capping',
    'GET /compat/waha/api/{session}/chats',
    'GET /compat/waha/api/{session}/chats/overview',
    'POST /compat/waha/api/{session}/chats/overview',
    'DELETE /compat/waha/api/{session}/chats/{chatId}',
    'GET /compat/waha/api/{session}/chats/{chatId}/picture',
    'POST /compat/waha/api/{session}/chats/{chatId}/archive',
    'POST /compat/waha/api/{session}/chats/{chatId}/unarchive',
    'POST /compat/waha/api/{session}/chats/{chatId}/unread',
    'POST /compat/waha/api/{session}/chats/{chatId}/messages/read',
    'GET /compat/waha/api/{session}/chats/{chatId}/messages',
    'GET /compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
    'POST /compat/waha/api/{session}/chats/{chatId}/messages/{messageId}/pin',
    'POST /compat/waha/api/{session}/chats/{chatId}/messages/{messageId}/unpin',
    'GET /compat/waha/api/messages',
    'GET /compat/waha/api/contacts/all',
    'GET /compat/waha/api/contacts',
    'GET /compat/waha/api/contacts/about',
    'GET /compat/waha/api/contacts/profile-picture',
    'POST /compat/waha/api/contacts/block',
    'POST /compat/waha/api/contacts/unblock',
    'GET /compat/waha/api/{session}/lids',
    'GET /compat/waha/api/{session}/lids/count',
    'GET /compat/waha/api/{session}/lids/{lid}',
    'GET /compat/waha/api/{session}/lids/pn/{phone}',
    'GET /compat/waha/api/{session}/groups',
    'GET /compat/waha/api/{session}/groups/count',
    'POST /compat/waha/api/{session}/groups/refresh',
    'POST /compat/waha/api/{session}/groups',
    'GET /compat/waha/api/{session}/groups/join-info',
    'POST /compat/waha/api/{session}/groups/join',
    'GET /compat/waha/api/{session}/groups/{id}',
    'GET /compat/waha/api/{session}/groups/{id}/participants',
    'GET /compat/waha/api/{session}/groups/{id}/participants/v2',
    'POST /compat/waha/api/{session}/groups/{id}/leave',
    'PUT /compat/waha/api/{session}/groups/{id}/subject',
    'PUT /compat/waha/api/{session}/groups/{id}/description',
    'PUT /compat/waha/api/{session}/groups/{id}/picture',
    'DELETE /compat/waha/api/{session}/groups/{id}/picture',
    'GET /compat/waha/api/{session}/groups/{id}/invite-code',
    'POST /compat/waha/api/{session}/groups/{id}/invite-code/revoke',
    'GET /compat/waha/api/{session}/groups/{id}/settings/security/info-admin-only',
    'PUT /compat/waha/api/{session}/groups/{id}/settings/security/info-admin-only',
    'GET /compat/waha/api/{session}/groups/{id}/settings/security/messages-admin-only',
    'PUT /compat/waha/api/{session}/groups/{id}/settings/security/messages-admin-only',
    'POST /compat/waha/api/{session}/groups/{id}/participants/add',
    'POST /compat/waha/api/{session}/groups/{id}/participants/remove',
    'POST /compat/waha/api/{session}/groups/{id}/admin/promote',
    'POST /compat/waha/api/{session}/groups/{id}/admin/demote',
    'GET /compat/waha/api/{session}/labels',
    'GET /compat/waha/api/{session}/labels/{labelId}/chats',
    'GET /compat/waha/api/{session}/labels/chats/{chatId}',
    'PUT /compat/waha/api/{session}/labels/chats/{chatId}',
    'GET /compat/waha/api/{session}/channels',
    'GET /compat/waha/api/{session}/channels/{id}',
    'POST /compat/waha/api/{session}/channels/{id}/follow',
    'POST /compat/waha/api/{session}/channels/{id}/unfollow',
    'POST /compat/waha/api/{session}/status/text',
    'POST /compat/waha/api/{session}/status/image',
    'POST /compat/waha/api/{session}/status/video',
    'POST /compat/waha/api/{session}/status/delete',
    'POST /compat/waha/api/{session}/presence',
    'GET /compat/waha/api/{session}/presence/{chatId}',
    'POST /compat/waha/api/{session}/presence/{chatId}/subscribe',
    'GET /compat/waha/api/{session}/profile',
    'PUT /compat/waha/api/{session}/profile/name',
    'PUT /compat/waha/api/{session}/profile/status',
    'PUT /compat/waha/api/{session}/profile/picture',
    'DELETE /compat/waha/api/{session}/profile/picture',
    'POST /compat/waha/api/{session}/calls/reject',
    'GET /compat/waha/api/keys',
    'POST /compat/waha/api/keys',
    'PUT /compat/waha/api/keys/{id}',
    'DELETE /compat/waha/api/keys/{id}',
  );

  let session: { id: string; phoneNumber: string };
  let world: World;
  beforeAll(async () => {
    session = await onlineSession(running(), 'waha-live');
    world = await worldOf(running(), session.phoneNumber);
  });

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const options = body === undefined ? {} : { body };
    const answer = await running().api.call(method, `${API}${path}`, options);
    return jsonIn(answer, answer.status < 300 ? answer.status : 200);
  }
  const live = (method: string, path: string, body?: unknown) =>
    call(method, `/waha-live${path}`, body);

  it('a chat is listed, shown, archived, marked and deleted, and so are its messages', async () => {
    const said = { session: 'waha-live', chatId: CHAT, text: 'Hello' };
    const { id } = Id.parse(await call('POST', '/sendText', said));
    const chat = await until('the chat', async () => {
      const all = z.array(Id).parse(await live('GET', '/chats?limit=50'));
      return all.find((one) => one.id === CHAT);
    });
    expect(chat).toMatchObject({ isGroup: false });
    expect(await live('GET', `/chats/overview?ids=${CHAT}`)).toMatchObject([{ id: CHAT }]);
    const named = { pagination: { limit: 5 }, filter: { ids: [CHAT] } };
    expect(await live('POST', '/chats/overview', named)).toMatchObject([{ id: CHAT }]);
    expect(await live('GET', `/chats/${CHAT}/picture`)).toHaveProperty('url');
    const listed = await live('GET', `/chats/${CHAT}/messages?limit=10`);
    expect(listed).toContainEqual(expect.objectContaining({ id, body: 'Hello' }));
    expect(await call('GET', `/messages?session=waha-live&chatId=${CHAT}`)).toEqual(listed);
    expect(await live('GET', `/chats/${CHAT}/messages/${id}`)).toMatchObject({ id });
    for (const verb of ['pin', 'unpin'])
      expect(await live('POST', `/chats/${CHAT}/messages/${id}/${verb}`, {})).toMatchObject({ id });
    expect(await live('POST', `/chats/${CHAT}/archive`)).toMatchObject({ archived: true });
    expect(await live('POST', `/chats/${CHAT}/unarchive`)).toMatchObject({ archived: false });
    await live('POST', `/chats/${CHAT}/unread`);
    await live('POST', `/chats/${CHAT}/messages/read`);
    await live('POST', '/presence', { chatId: CHAT, presence: 'typing' });
    expect(await live('DELETE', `/chats/${CHAT}`)).toEqual({});
  });

  it('a contact is shown, blocked and unblocked, and its ids are found', async () => {
    const query = `contactId=${CHAT}&session=waha-live`;
    expect(await call('GET', `/contacts?${query}`)).toMatchObject({ id: CHAT, number: ADA });
    expect(await call('GET', `/contacts/about?${query}`)).toHaveProperty('about');
    const picture = await call('GET', `/contacts/profile-picture?${query}`);
    expect(picture).toHaveProperty('profilePictureURL');
    expect(await call('GET', '/contacts/all?session=waha-live')).toContainEqual(
      expect.objectContaining({ id: CHAT }),
    );
    const body = { contactId: CHAT, session: 'waha-live' };
    await call('POST', '/contacts/block', body);
    expect(await call('GET', `/contacts?${query}`)).toMatchObject({ isBlocked: true });
    await call('POST', '/contacts/unblock', body);
    const Lid = z.object({ lid: z.string().nullable(), pn: z.string().nullable() });
    const { lid } = Lid.parse(await live('GET', `/lids/pn/${ADA}`));
    expect(Lid.parse(await live('GET', `/lids/${lid ?? CHAT}`)).pn).toBe(CHAT);
    const all = z.array(Lid).parse(await live('GET', '/lids'));
    expect(await live('GET', '/lids/count')).toEqual({ count: all.length });
  });

  it('a group is made, changed, joined and left', async () => {
    const named = { name: 'Readers', participants: [{ id: CHAT }] };
    const { id } = Id.parse(await live('POST', '/groups', named));
    const group = `/groups/${id}`;
    await live('PUT', `${group}/subject`, { subject: 'Book club' });
    await live('PUT', `${group}/description`, { description: 'On Mondays' });
    expect(await live('GET', group)).toMatchObject({
      subject: 'Book club',
      description: 'On Mondays',
    });
    expect(await live('PUT', `${group}/picture`, PICTURE)).toEqual({});
    expect(await live('DELETE', `${group}/picture`)).toEqual({});
    for (const which of ['info', 'messages']) {
      const path = `${group}/settings/security/${which}-admin-only`;
      await live('PUT', path, { adminsOnly: true });
      expect(await live('GET', path)).toEqual({ adminsOnly: true });
    }
    const people = { participants: [{ id: `${BOB}@c.us` }] };
    expect(await live('POST', `${group}/participants/add`, people)).toMatchObject({
      results: [{ result: 'added' }],
    });
    for (const path of ['admin/promote', 'admin/demote', 'participants/remove'])
      expect(await live('POST', `${group}/${path}`, people)).toMatchObject({
        results: [{ result: 'done' }],
      });
    const participants = await live('GET', `${group}/participants`);
    expect(participants).toContainEqual({ id: CHAT, role: 'participant' });
    expect(await live('GET', `${group}/participants/v2`)).toEqual(participants);
    expect(await live('POST', '/groups/refresh')).toEqual({ success: true });
    const old = await live('GET', `${group}/invite-code`);
    const code = z.string().parse(await live('POST', `${group}/invite-code/revoke`));
    expect(code).not.toBe(old);
    expect(await live('GET', `/groups/join-info?code=${code}`)).toMatchObject({ id });
    const { phone, at } = world;
    const hers = await phone.group({
      world: at.world,
      owner: ADA,
      subject: 'Hers',
      members: [BOB],
    });
    expect(await live('POST', '/groups/join', { code: hers.invite })).toEqual({ id: hers.id });
    const all = z.array(Id).parse(await live('GET', '/groups'));
    expect(all.map((one) => one.id)).toEqual(expect.arrayContaining([id, hers.id]));
    expect(await live('GET', '/groups/count')).toEqual({ count: all.length });
    expect(await live('POST', `/groups/${hers.id}/leave`)).toEqual({});
  });

  it('a business account has labels', async () => {
    const { phone, at } = world;
    await phone.message({ ...at, from: BOB, body: 'hello' });
    const path = `/labels/chats/${BOB}@c.us`;
    await phone.labels({ ...at, labels: [{ id: '1', name: 'New', color: '#ff9485' }] });
    const label = { id: '1', name: 'New', color: null, colorHex: '#ff9485' };
    await until('the account to be a business', async () => {
      const answer = await running().api.call('GET', `${API}/waha-live/labels`);
      return answer.status === 200 ? true : undefined;
    });
    expect(await live('GET', '/labels')).toEqual([label]);
    await until('the label to be set', async () => {
      const body = { labels: [{ id: '1' }] };
      const answer = await running().api.call('PUT', `${API}/waha-live${path}`, { body });
      return answer.status === 200 ? true : undefined;
    });
    expect(await live('GET', path)).toEqual([label]);
    expect(await live('GET', '/labels/1/chats')).toMatchObject([{ id: `${BOB}@c.us` }]);
  });

  it('a channel is followed and left, and a status posted and deleted', async () => {
    const { id } = await world.phone.channel({
      world: world.at.world,
      owner: ADA,
      name: 'News for WAHA',
    });
    await live('POST', `/channels/${id}/follow`);
    expect(await live('GET', `/channels/${id}`)).toMatchObject({ role: 'SUBSCRIBER' });
    expect(await live('GET', '/channels')).toContainEqual(expect.objectContaining({ id }));
    await live('POST', `/channels/${id}/unfollow`);
    const text = await live('POST', '/status/text', { text: 'Open on Sunday' });
    const image = { file: { data: PIXEL }, caption: 'Look' };
    await live('POST', '/status/image', image);
    await live('POST', '/status/video', { file: { data: EXAMPLE_FILES.clip } });
    expect(await live('POST', '/status/delete', { id: Id.parse(text).id })).toEqual({});
  });

  it('the profile is shown and changed, and the cap on new chats is shown', async () => {
    await live('PUT', '/profile/name', { name: 'The desk' });
    await live('PUT', '/profile/status', { status: 'At the desk' });
    await live('PUT', '/profile/picture', PICTURE);
    expect(await live('GET', '/profile')).toMatchObject({
      name: 'The desk',
      picture: expect.stringContaining('https://'),
    });
    expect(await live('DELETE', '/profile/picture')).toEqual({});
    expect(await call('GET', '/sessions/waha-live/capping')).toHaveProperty('totalQuota');
  });

  it('a presence is shown to a session that is always online, and a call is rejected', async () => {
    const { phone, at } = world;
    const path = `/v1/sessions/${session.id}`;
    await running().api.call('PATCH', path, { body: { alwaysOnline: true } });
    await running().api.call('POST', `${path}/restart`);
    await until('the session to be online again', async () => {
      const answer = await running().api.call('GET', `${API}/waha-live/profile`);
      return answer.status === 200 ? true : undefined;
    });
    const presence = `/presence/${BOB}@c.us`;
    expect(await live('POST', `${presence}/subscribe`)).toEqual({});
    expect(await live('GET', presence)).toMatchObject({ id: `${BOB}@c.us` });
    const { callId } = await phone.call({ ...at, from: ADA });
    await until('the call to be rejected', async () => {
      const body = { id: callId };
      const answer = await running().api.call('POST', `${API}/waha-live/calls/reject`, { body });
      return answer.status === 201 ? true : undefined;
    });
  });

  it('a key is made, changed and revoked', async () => {
    const { id } = Id.parse(await call('POST', '/keys', { isAdmin: false }));
    expect(await call('GET', '/keys')).toContainEqual(expect.objectContaining({ id }));
    const paused = await call('PUT', `/keys/${id}`, { isActive: false });
    expect(paused).toMatchObject({ id, isActive: false });
    expect(await call('DELETE', `/keys/${id}`)).toEqual({});
  });
}
