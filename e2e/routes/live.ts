import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { SandboxProfile } from '../../shared/session-status.ts';
import { listedIn, shownIn } from '../testing/answers.ts';
import { coversOnEveryPage } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { type World, worldOf } from '../testing/world.ts';

const ALICE = '15550100001';
const BOB = '15550100002';
const CAROL = '15550100003';

export function liveRoutes(running: () => Deployment, profile: SandboxProfile): void {
  coversOnEveryPage(
    profile,
    'GET /v1/contacts',
    'GET /v1/contacts/{id}',
    'POST /v1/contacts/{id}/block',
    'POST /v1/contacts/{id}/unblock',
    'GET /v1/presence/{id}',
    'POST /v1/presence/{id}/subscribe',
    'POST /v1/presence/{id}/unsubscribe',
    'GET /v1/chats/{id}',
    'POST /v1/chats/{id}/recording',
    'GET /v1/labels',
    'GET /v1/chats/{id}/labels',
    'PUT /v1/chats/{id}/labels',
    'POST /v1/groups/join',
    'DELETE /v1/groups/{id}/invite',
    'GET /v1/groups/{id}/join-requests',
    'POST /v1/groups/{id}/join-requests',
    'PUT /v1/groups/{id}/picture',
    'DELETE /v1/groups/{id}/picture',
    'GET /v1/channels/{id}',
    'POST /v1/channels/{id}/follow',
    'POST /v1/channels/{id}/unfollow',
    'GET /v1/profile',
    'PUT /v1/profile/picture',
    'DELETE /v1/profile/picture',
  );

  let sessionId: string;
  let own: string;
  let world: World;
  beforeAll(async () => {
    const name = `routes-${profile}`;
    const session = await onlineSession(running(), name, { sandboxProfile: profile });
    ({ id: sessionId, phoneNumber: own } = session);
    world = await worldOf(running(), own);
  });

  const read = (path: string) => {
    const mark = path.includes('?') ? '&' : '?';
    return running().api.call('GET', `/v1${path}${mark}sessionId=${sessionId}`);
  };
  const change = (method: string, path: string, body: Record<string, unknown> = {}) =>
    running().api.call(method, `/v1${path}`, { body: { sessionId, ...body } });
  const remove = (path: string) =>
    running().api.call('DELETE', `/v1${path}?sessionId=${sessionId}`);

  it('a contact is blocked, listed as such, and unblocked', async () => {
    const path = `/contacts/${ALICE}@c.us`;
    await change('POST', `${path}/block`);
    expect(shownIn(await read(path))).toMatchObject({ phone: ALICE, blocked: true });
    expect(listedIn(await read('/contacts?blocked=true'))).toMatchObject([{ phone: ALICE }]);
    await change('POST', `${path}/unblock`);
    expect(listedIn(await read('/contacts?blocked=true'))).toEqual([]);
  });

  it('a session that is always online sees when a person is', async () => {
    const path = `/sessions/${sessionId}`;
    await running().api.call('PATCH', `/v1${path}`, { body: { alwaysOnline: true } });
    expect((await running().api.call('POST', `/v1${path}/restart`)).status).toBe(200);
    await until('the session to be online again', async () =>
      (await read('/profile')).status === 200 ? true : undefined,
    );
    await world.phone.presence({ world: world.at.world, from: BOB, state: 'available' });
    const presence = await until('Bob to be online', async () => {
      const shown = shownIn(await read(`/presence/${BOB}@c.us`));
      return shown['online'] === true ? shown : undefined;
    });
    expect(presence).toMatchObject({ id: `${BOB}@c.us`, lastSeenAt: null });

    const subscribed = { id: `${BOB}@c.us`, subscribed: true };
    expect(shownIn(await change('POST', `/presence/${BOB}@c.us/subscribe`))).toEqual(subscribed);
    await world.phone.presence({ world: world.at.world, from: BOB, state: 'typing' });
    const told = await until('the event', async () =>
      listedIn(await read('/events?types=presence.update&limit=100')).find(
        ({ data }) => z.object({ doing: z.literal('typing') }).safeParse(data).success,
      ),
    );
    expect(told['data']).toMatchObject({ from: { phone: BOB }, online: true });
    expect((await running().api.call('GET', `/v1${path}`)).data(z.looseObject({}))).toMatchObject({
      presenceOf: [`${BOB}@c.us`],
    });
    const ended = await change('POST', `/presence/${BOB}@c.us/unsubscribe`);
    expect(shownIn(ended)).toEqual({ ...subscribed, subscribed: false });
  });

  it('a chat has the labels that it is given, and shows that a voice message is recorded', async () => {
    const { phone, at } = world;
    const label = { id: '1', name: 'New customer', color: '#ff9485' };
    await phone.message({ ...at, from: CAROL, body: 'hello' });
    const path = `/chats/${CAROL}@c.us`;
    const chat = await until('the chat', async () => {
      const answer = await read(path);
      return answer.status === 200 ? shownIn(answer) : undefined;
    });
    expect(chat).toMatchObject({ id: `${CAROL}@c.us`, unreadCount: 1 });
    expect(shownIn(await change('POST', `${path}/recording`, { seconds: 1 }))).toMatchObject({
      state: 'recording',
    });

    expect((await read('/labels')).error().code).toBe('NOT_SUPPORTED');
    await phone.labels({ ...at, labels: [label] });
    await until('the account to be a business', async () =>
      (await read('/labels')).status === 200 ? true : undefined,
    );
    expect(listedIn(await read('/labels'))).toEqual([label]);
    await change('PUT', `${path}/labels`, { labelIds: ['1'] });
    expect(listedIn(await read(`${path}/labels`))).toEqual([label]);
    await change('PUT', `${path}/labels`, { labelIds: [] });
    expect(listedIn(await read(`${path}/labels`))).toEqual([]);
  });

  it('a group has a picture, and lets in who asks; its old invite leads nowhere', async () => {
    const { phone, at } = world;
    const made = await change('POST', '/groups', { subject: 'Readers', members: [`+${ALICE}`] });
    const { group } = made.data(z.object({ group: z.object({ id: z.string() }) }));
    const path = `/groups/${group.id}`;
    const picture = await change('PUT', `${path}/picture`, { base64: PIXEL });
    expect(shownIn(picture)).toMatchObject({ url: expect.stringContaining('https://') });
    expect(shownIn(await remove(`${path}/picture`))).toMatchObject({ url: null });

    const { code: old } = shownIn(await read(`${path}/invite`));
    const { code: fresh } = shownIn(await remove(`${path}/invite`));
    expect(fresh).not.toBe(old);
    const preview = (invite: unknown) => change('POST', '/groups/preview', { invite });
    expect((await preview(old)).status).toBe(404);
    expect(shownIn(await preview(fresh))).toMatchObject({ id: group.id });

    await phone.groupRequest({ world: at.world, group: group.id, from: BOB });
    const requests = await until('the request', async () => {
      const all = listedIn(await read(`${path}/join-requests`));
      return all.length > 0 ? all : undefined;
    });
    expect(requests).toMatchObject([{ phone: BOB }]);
    const members = [`+${BOB}`];
    const answered = await change('POST', `${path}/join-requests`, { members, approve: true });
    expect(shownIn(answered)).toMatchObject({
      results: [{ result: 'done' }],
      group: { memberCount: 3 },
    });
    expect(listedIn(await read(`${path}/join-requests`))).toEqual([]);
  });

  it('a group of somebody else is joined by its invite', async () => {
    const { phone, at } = world;
    const made = { world: at.world, owner: ALICE, subject: 'Hers', members: [BOB] };
    const { id, invite } = await phone.group(made);
    expect(shownIn(await change('POST', '/groups/join', { invite }))).toEqual({
      id,
      status: 'joined',
    });
    expect(shownIn(await read(`/groups/${id}`))).toMatchObject({ myRole: 'member' });
  });

  it('a channel is followed and left', async () => {
    const { id } = await world.phone.channel({
      world: world.at.world,
      owner: ALICE,
      name: `News ${profile}`,
    });
    const role = async () => shownIn(await read(`/channels/${id}`))['role'];
    expect(await role()).toBe('guest');
    await change('POST', `/channels/${id}/follow`);
    expect(await role()).toBe('subscriber');
    await change('POST', `/channels/${id}/unfollow`);
    expect(await role()).toBe('guest');
  });

  it('the profile has a picture until it is removed', async () => {
    const picture = async () => shownIn(await read('/profile'))['pictureUrl'];
    expect(await picture()).toBeNull();
    await change('PUT', '/profile/picture', { base64: PIXEL });
    expect(await picture()).toContain('https://');
    await remove('/profile/picture');
    expect(await picture()).toBeNull();
  });
}
