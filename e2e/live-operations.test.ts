import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MESSAGE_KINDS } from '../shared/catalogue/message-kinds.ts';
import { KnownPerson } from '../shared/catalogue/person.ts';
import { messageOperations } from './live-operations/messages.ts';
import { coversOnEveryPage } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { wantedPages } from './testing/env.ts';
import { onlineSession } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf, type World } from './testing/world.ts';

const Group = z.object({
  id: z.string(),
  subject: z.string(),
  myRole: z.string().nullable(),
  members: z.array(z.object({ id: z.string(), role: z.string() })),
});
const WithResults = z.object({
  group: Group,
  results: z.array(z.object({ id: z.string(), result: z.string() })),
});

describe('what is asked of a live session', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

  describe.each(wantedPages())('on the %s page', (sandboxProfile) => {
    coversOnEveryPage(
      sandboxProfile,
      'GET /v1/groups',
      'POST /v1/groups',
      'GET /v1/groups/{id}',
      'PATCH /v1/groups/{id}',
      'GET /v1/groups/{id}/members',
      'POST /v1/groups/{id}/members',
      'DELETE /v1/groups/{id}/members',
      'POST /v1/groups/{id}/promote',
      'POST /v1/groups/{id}/demote',
      'PUT /v1/groups/{id}/settings',
      'GET /v1/groups/{id}/invite',
      'POST /v1/groups/preview',
      'POST /v1/groups/{id}/leave',
      'POST /v1/calls/{id}/reject',
      'GET /v1/channels',
      'POST /v1/channels/preview',
      'POST /v1/channels/{id}/follow',
      'GET /v1/status',
      'POST /v1/status',
      'DELETE /v1/status/{id}',
      'POST /v1/contacts/check',
      'GET /v1/contacts/{id}/ids',
      'GET /v1/chats',
      'GET /v1/chats/{id}/messages',
      'POST /v1/chats/{id}/archive',
      'POST /v1/chats/{id}/pin',
      'POST /v1/chats/{id}/mute',
      'POST /v1/chats/{id}/seen',
      'POST /v1/chats/{id}/unread',
      'POST /v1/chats/{id}/typing',
      'DELETE /v1/chats/{id}',
      'GET /v1/events',
      'PATCH /v1/profile',
    );
    let session: { id: string; phoneNumber: string };
    let world: World;
    beforeAll(async () => {
      session = await onlineSession(deployment, `live-${sandboxProfile}`, { sandboxProfile });
      world = await worldOf(deployment, session.phoneNumber);
    });

    /** By a session in the body where there is one, else in the query. */
    const call = (method: string, path: string, body?: Record<string, unknown>) => {
      const { id: sessionId } = session;
      if (body !== undefined)
        return deployment.api.call(method, `/v1${path}`, { body: { ...body, sessionId } });
      const mark = path.includes('?') ? '&' : '?';
      return deployment.api.call(method, `/v1${path}${mark}sessionId=${sessionId}`);
    };

    it('a group lives from its creation until the number leaves it', async () => {
      const members = ['+15550100001', '+15550100009', '+19991110000'];
      const made = (await call('POST', '/groups', { subject: 'Book club', members })).data(
        WithResults,
      );
      expect(made.results.map(({ result }) => result)).toEqual([
        'added',
        'invited',
        'not_on_whatsapp',
      ]);
      const path = `/groups/${made.group.id}`;
      const people = ['+1 555 010 0002'];
      const results = async (answer: ReturnType<typeof call>) =>
        (await answer).data(WithResults).results.map(({ result }) => result);
      expect(await results(call('POST', `${path}/members`, { members: people }))).toEqual([
        'added',
      ]);
      expect(await results(call('POST', `${path}/promote`, { members: people }))).toEqual(['done']);
      expect(await results(call('POST', `${path}/demote`, { members: people }))).toEqual(['done']);
      expect(await results(call('DELETE', `${path}/members`, { members: people }))).toEqual([
        'done',
      ]);
      const changed = await call('PATCH', path, { subject: 'Readers', description: 'On Mondays' });
      expect(changed.data(z.looseObject({}))).toMatchObject({
        subject: 'Readers',
        description: 'On Mondays',
      });
      const settings = await call('PUT', `${path}/settings`, { onlyAdminsSend: true });
      expect(settings.data(z.looseObject({}))).toMatchObject({
        settings: { onlyAdminsSend: true },
      });
      const { link } = (await call('GET', `${path}/invite`)).data(z.object({ link: z.string() }));
      const preview = await call('POST', '/groups/preview', { invite: link });
      expect(preview.data(z.looseObject({}))).toMatchObject({ id: made.group.id });
      const csv = await call('GET', `${path}/members?format=csv`);
      expect(csv.text).toContain("'+15550100001,Alice,member");
      const listed = (await call('GET', '/groups')).data(z.array(z.looseObject({})));
      expect(listed).toMatchObject([{ id: made.group.id, subject: 'Readers', myRole: 'owner' }]);
      expect((await call('POST', `${path}/leave`, {})).status).toBe(200);
      expect((await call('GET', path)).error().code).toBe('NOT_FOUND');
    });

    it('a right that is missing is 403 with the role needed', async () => {
      const { phone, at } = world;
      const members = [session.phoneNumber];
      const made = { world: at.world, owner: '15550100001', subject: 'Hers', members };
      const { id } = await phone.group(made);
      const group = await until('the group to be known', async () => {
        const answer = await call('GET', `/groups/${id}`);
        return answer.status === 200 ? answer.data(Group) : undefined;
      });
      expect(group.myRole).toBe('member');
      const answer = await call('PUT', `/groups/${id}/settings`, { onlyAdminsSend: true });
      expect(answer.status).toBe(403);
      expect(answer.error()).toMatchObject({ code: 'FORBIDDEN', details: { needs: 'admin' } });
    });

    it('a change of a group is an event', async () => {
      const { phone, at } = world;
      const members = [session.phoneNumber];
      const made = { world: at.world, owner: '15550100001', subject: 'Told of', members };
      const { id } = await phone.group(made);
      const told = await until('the event', async () => {
        const answer = await call('GET', '/events?types=group.updated&limit=100');
        const events = answer.data(z.array(z.object({ data: z.looseObject({}) })));
        return events.find(({ data }) => data['groupId'] === id);
      });
      expect(told.data).toMatchObject({ change: 'created', text: 'Told of' });
    });

    it('a call is an event, and is rejected while it rings', async () => {
      const { phone, at } = world;
      const { callId } = await phone.call({ ...at, from: '15550100001' });
      const told = await until('the event', async () => {
        const answer = await call('GET', '/events?types=call.received&limit=100');
        const events = answer.data(z.array(z.object({ data: z.looseObject({}) })));
        return events.find(({ data }) => data['callId'] === callId);
      });
      expect(told.data).toMatchObject({ isVideo: false, rejected: false });
      const path = `/calls/${callId}/reject`;
      expect((await call('POST', path, {})).data(z.looseObject({}))).toEqual({ rejected: true });
      expect((await call('POST', path, {})).error().code).toBe('NOT_FOUND');
    });

    it('channels are followed, and a status is posted', async () => {
      const { phone, at } = world;
      const { invite } = await phone.channel({
        world: at.world,
        owner: '15550100001',
        name: 'News',
      });
      const link = `https://whatsapp.com/channel/${invite}`;
      const found = (await call('POST', '/channels/preview', { link })).data(
        z.object({ id: z.string() }),
      );
      const followed = await call('POST', `/channels/${found.id}/follow`, {});
      expect(followed.data(z.looseObject({}))).toMatchObject({ role: 'subscriber' });
      const listed = (await call('GET', '/channels')).data(z.array(z.looseObject({})));
      expect(listed).toMatchObject([{ id: found.id, name: 'News' }]);
      const post = (await call('POST', '/status', { text: 'Open on Sunday' })).data(
        z.object({ wireId: z.string() }),
      );
      const posts = (await call('GET', '/status')).data(z.array(z.looseObject({})));
      expect(posts).toMatchObject([{ wireId: post.wireId, text: 'Open on Sunday' }]);
      expect((await call('DELETE', `/status/${post.wireId}`)).status).toBe(200);
    });

    it.each(['image', 'video'] as const)('a status of kind %s is posted', async (type) => {
      const { base64, caption } = MESSAGE_KINDS[type].example;
      const made = await call('POST', '/status', { type, base64, caption });
      expect(made.status, made.text).toBe(201);
      const post = made.data(z.object({ wireId: z.string() }));
      const posts = (await call('GET', '/status')).data(z.array(z.looseObject({})));
      expect(posts).toMatchObject([{ wireId: post.wireId, type, text: caption }]);
      const { notes } = await world.phone.account(world.at);
      const seen = notes.find(({ what }) => what === 'status')?.data;
      const { data } = await world.phone.media(String(Object(seen).directPath));
      expect(Buffer.from(data).toString('base64')).toBe(base64);
      expect((await call('DELETE', `/status/${post.wireId}`)).status).toBe(200);
    });

    it('what is posted in a channel of its own is sent, with no more to come', async () => {
      const { phone, at } = world;
      const { id } = await phone.channel({ world: at.world, owner: at.account, name: 'Ours' });
      const sent = await deployment.api.call('POST', '/v1/messages/image', {
        body: { sessionId: session.id, to: id, ...MESSAGE_KINDS.image.example },
        headers: { prefer: 'wait=20' },
      });
      expect(sent.data(z.looseObject({}))).toMatchObject({ chatId: id, status: 'sent' });
    });

    it('numbers are checked, and lead from LID to phone and back', async () => {
      const numbers = ['+15550100001', '+19991110000'];
      const checked = (await call('POST', '/contacts/check', { numbers })).data(
        z.array(z.object({ exists: z.unknown(), lid: z.string().nullable() })),
      );
      expect(checked.map(({ exists }) => exists)).toEqual([true, false]);
      const ids = await call('GET', `/contacts/${checked[0]?.lid}/ids`);
      expect(ids.data(z.looseObject({}))).toMatchObject({ phone: '15550100001' });
    });

    it('somebody with a username and no number is told of by it', async () => {
      const { phone, at } = world;
      const { wireId } = await phone.message({ ...at, from: '15550100020', body: 'it is me' });
      const Written = z.object({ data: z.looseObject({ wireId: z.string(), from: KnownPerson }) });
      const { data } = await until('the event', async () => {
        const answer = await call('GET', '/events?types=message.received&limit=100');
        return answer.data(z.array(Written)).find((event) => event.data.wireId === wireId);
      });
      const { lid } = data.from;
      const uma = { id: lid, lid, phone: null, username: 'uma.sandbox', name: 'Uma' };
      expect(data).toMatchObject({ chatId: lid, from: uma });
      const [message] = (await call('GET', '/messages?limit=1')).data(z.array(z.looseObject({})));
      expect(message).toMatchObject({ id: data['messageId'], from: uma });

      const checked = await call('POST', '/contacts/check', { numbers: [lid] });
      expect(checked.data(z.array(z.looseObject({})))).toMatchObject([
        { exists: true, chatId: lid, username: 'uma.sandbox' },
      ]);
      const made = await call('POST', '/groups', { subject: 'Users', members: [lid] });
      const path = `/groups/${made.data(WithResults).group.id}`;
      expect((await call('GET', path)).data(z.looseObject({}))).toMatchObject({
        members: expect.arrayContaining([expect.objectContaining(uma)]),
      });
      const csv = await call('GET', `${path}/members?format=csv`);
      expect(csv.text).toContain(`,Uma,member,${lid},${lid},uma.sandbox\r\n`);
      expect((await call('POST', `${path}/leave`, {})).status).toBe(200);
    });

    it('a chat is listed, read, changed and deleted', async () => {
      const { phone, at } = world;
      const from = '15550100002';
      await phone.message({ ...at, from, body: 'hello there' });
      const path = `/chats/${from}@c.us`;
      const messages = await until('the chat to have its message', async () => {
        const answer = await call('GET', `${path}/messages`);
        return answer.status === 200
          ? answer.data(z.array(z.object({ text: z.string().nullable() })))
          : undefined;
      });
      expect(messages).toMatchObject([{ text: 'hello there' }]);
      const isSo = async (change: string, body: Record<string, unknown>, expected: object) =>
        expect(
          (await call('POST', `${path}/${change}`, body)).data(z.looseObject({})),
        ).toMatchObject(expected);
      await isSo('archive', {}, { archived: true });
      await isSo('archive', { archived: false }, { archived: false });
      await isSo('pin', {}, { pinned: true });
      await isSo('mute', {}, { muted: true, mutedUntil: null });
      await isSo('seen', {}, { unreadCount: 0 });
      await isSo('unread', {}, { markedUnread: true });
      await isSo('typing', { seconds: 1 }, { state: 'typing' });
      const listed = (await call('GET', '/chats')).data(z.array(z.looseObject({})));
      expect(listed).toContainEqual(expect.objectContaining({ id: `${from}@c.us`, pinned: true }));
      expect((await call('DELETE', path)).status).toBe(200);
      expect((await call('GET', path)).error().code).toBe('NOT_FOUND');
    });

    messageOperations(sandboxProfile, () => ({ deployment, session, world }));

    it('the profile is shown and changed', async () => {
      expect(
        (await call('PATCH', '/profile', { about: 'At the desk' })).data(z.looseObject({})),
      ).toMatchObject({ about: 'At the desk', phone: session.phoneNumber });
    });
  });
});
