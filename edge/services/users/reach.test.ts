import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EVENTS } from '../../../shared/catalogue/events/index.ts';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf, type TestUser } from '../../testing/harness.ts';

type World = Awaited<ReturnType<typeof buildWorld>>;
type Who = 'owner' | 'colleague' | 'member';

let harness: Harness;
let world: World;
beforeAll(async () => {
  harness = await createHarness();
  world = await buildWorld();
});

const CALLERS: Who[] = ['owner', 'colleague', 'member'];

/**
 * One workspace: an owner, a colleague who reaches all sessions, a member who reaches their own. Sessions `house` (the
 * owner's), `mine` (the member's) and `robot` (by a key that the member made), each with message, event, endpoint and key.
 */
async function buildWorld() {
  const { schema, db } = harness;
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const colleague = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
  const member = await harness.newUser({ workspaceId, role: 'member' });
  const robotKey = await harness.newKey(workspaceId, {
    createdBy: member.userId,
    userId: member.userId,
  });
  const runner = harness.newRunner();
  const makers = { house: owner.userId, mine: member.userId, robot: robotKey.keyId };

  const things: Record<
    string,
    Record<'session' | 'message' | 'webhook' | 'key' | 'event', string>
  > = {};
  let seq = 0;
  for (const [name, createdBy] of Object.entries(makers)) {
    const isDefault = name === 'house';
    const session = await harness.newSession({
      workspaceId,
      name,
      createdBy,
      isDefault,
      owner: runner.owner,
    });
    const message = newId('message');
    await db.insert(schema.messages).values({
      id: message,
      workspaceId,
      sessionId: session.id,
      direction: 'inbound',
      chatId: '15550100002@c.us',
      type: 'text',
      content: { text: `for ${name}` },
      status: 'sent',
      statusRank: 4,
      wireId: newId('message').slice(-20).toUpperCase(),
    });
    const webhook = newId('webhook');
    await db.insert(schema.webhookEndpoints).values({
      id: webhook,
      workspaceId,
      url: `https://example.com/${name}`,
      secret: 'whsec_c2VjcmV0',
      eventTypes: ['*'],
      sessionIds: [session.id],
    });
    const userId = name === 'house' ? owner.userId : member.userId;
    const { keyId: key } = await harness.newKey(workspaceId, { sessionId: session.id, userId });
    const event = newId('event');
    seq += 1;
    await db.insert(schema.events).values({
      workspaceId,
      seq,
      id: event,
      sessionId: session.id,
      type: 'message.received',
      data: { ...EVENTS['message.received'].example, text: name },
      occurredAt: new Date(),
    });
    things[name] = { session: session.id, message, webhook, key, event };
  }
  await db.insert(schema.webhookEndpoints).values({
    id: newId('webhook'),
    workspaceId,
    url: 'https://example.com/all',
    secret: 'whsec_c2VjcmV0',
    eventTypes: ['*'],
  });
  await db.insert(schema.events).values({
    workspaceId,
    seq: seq + 1,
    id: newId('event'),
    type: 'webhook.test',
    data: EVENTS['webhook.test'].example,
    occurredAt: new Date(),
  });
  const people: Record<Who, TestUser> = { owner, colleague, member };
  return { workspaceId, people, things, robotKey, runner };
}

const as = (who: Who, method: string, path: string, body?: unknown) =>
  harness.call(method, path, {
    key: world.people[who].token,
    ...(body === undefined ? {} : { body }),
  });

const Listed = z.array(z.looseObject({ id: z.string() }));

/** Which of the world's things a list shows, by the session that they belong to; `+n` for n that belong to none. */
async function shown(
  who: Who,
  path: string,
  kind: 'session' | 'message' | 'webhook' | 'key' | 'event',
) {
  const { data, status } = await as(who, 'GET', path);
  expect(status).toBe(200);
  const ids = Listed.parse(data).map(({ id }) => id);
  const names = Object.keys(world.things).filter((name) =>
    ids.includes(world.things[name]?.[kind] ?? ''),
  );
  const others = ids.length - names.length;
  return [...names.toSorted(), ...(others === 0 ? [] : [`+${others}`])];
}

const idFor = (name: string, kind: 'session' | 'message' | 'webhook' | 'key'): string =>
  world.things[name]?.[kind] ?? '';

describe('what a member reaches', () => {
  test.each([
    ['/v1/sessions', 'session', ['house', 'mine', 'robot'], ['mine', 'robot']],
    ['/v1/messages', 'message', ['house', 'mine', 'robot'], ['mine', 'robot']],
    ['/v1/events', 'event', ['house', 'mine', 'robot', '+1'], ['mine', 'robot']],
    ['/v1/webhooks', 'webhook', ['house', 'mine', 'robot', '+1'], ['mine', 'robot']],
  ] as const)('GET %s', async (path, kind, all, own) => {
    expect(await shown('owner', path, kind)).toEqual(all);
    expect(await shown('colleague', path, kind)).toEqual(all);
    expect(await shown('member', path, kind)).toEqual(own);
  });

  test('GET /v1/keys: members see their own', async () => {
    expect(await shown('owner', '/v1/keys', 'key')).toEqual(['house', 'mine', 'robot', '+1']);
    expect(await shown('colleague', '/v1/keys', 'key')).toEqual([]);
    expect(await shown('member', '/v1/keys', 'key')).toEqual(['mine', 'robot', '+1']);
  });

  const SINGLE: [method: string, path: string, kind: 'session' | 'message' | 'webhook' | 'key'][] =
    [
      ['GET', '/v1/sessions/{id}', 'session'],
      ['GET', '/v1/sessions/{id}/status', 'session'],
      ['GET', '/v1/messages/{id}', 'message'],
      ['GET', '/v1/webhooks/{id}', 'webhook'],
      ['GET', '/v1/webhooks/{id}/deliveries', 'webhook'],
    ];
  test.each(SINGLE)('%s %s', async (method, path, kind) => {
    const status = async (who: Who, name: string) =>
      (await as(who, method, path.replace('{id}', idFor(name, kind)))).status;
    for (const who of CALLERS)
      for (const name of ['mine', 'robot'])
        expect(await status(who, name), `${who} ${name}`).toBe(200);
    expect(await status('owner', 'house')).toBe(200);
    expect(await status('colleague', 'house')).toBe(200);
    expect(await status('member', 'house')).toBe(404);
  });

  const WRITES: [
    method: string,
    path: string,
    kind: 'session' | 'webhook' | 'key',
    body?: unknown,
  ][] = [
    ['DELETE', '/v1/sessions/{id}', 'session'],
    ['POST', '/v1/sessions/{id}/stop', 'session'],
    ['POST', '/v1/sessions/{id}/start', 'session'],
    ['GET', '/v1/sessions/{id}/qr', 'session'],
    ['GET', '/v1/sessions/{id}/screenshot', 'session'],
    ['GET', '/v1/sessions/{id}/sandbox', 'session'],
    ['POST', '/v1/sessions/{id}/sandbox/unlink', 'session'],
    ['PATCH', '/v1/webhooks/{id}', 'webhook', { description: 'taken over' }],
    ['POST', '/v1/webhooks/{id}/rotate-secret', 'webhook', {}],
    ['POST', '/v1/webhooks/{id}/test', 'webhook'],
    ['DELETE', '/v1/webhooks/{id}', 'webhook'],
    ['PATCH', '/v1/keys/{id}', 'key', { name: 'taken over' }],
    ['POST', '/v1/keys/{id}/rotate', 'key', {}],
    ['DELETE', '/v1/keys/{id}', 'key'],
  ];
  test.each(WRITES)('%s %s: another one’s is not there', async (method, path, kind, body) => {
    const answer = await as('member', method, path.replace('{id}', idFor('house', kind)), body);
    expect(answer.status).toBe(404);
    expect((await as('owner', 'GET', `/v1/${kind}s`)).data).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: idFor('house', kind) })]),
    );
  });
});

describe('sends', () => {
  const text = (sessionId?: string) => ({
    to: '+15550100001',
    text: 'Hello',
    ...(sessionId === undefined ? {} : { sessionId }),
  });

  test('go through the sessions that the sender reaches', async () => {
    for (const who of CALLERS)
      for (const name of ['mine', 'robot'])
        expect(await as(who, 'POST', '/v1/messages/text', text(name))).toMatchObject({
          status: 202,
          meta: { sessionName: name },
        });
    expect(await as('colleague', 'POST', '/v1/messages/text', text('house'))).toMatchObject({
      status: 202,
    });
    for (const session of ['house', idFor('house', 'session')])
      expect(await as('member', 'POST', '/v1/messages/text', text(session))).toMatchObject({
        status: 404,
        error: { code: 'SESSION_NOT_FOUND' },
      });
  });

  test('do not go through a default session beyond reach', async () => {
    expect(await as('owner', 'POST', '/v1/messages/text', text())).toMatchObject({
      meta: { sessionName: 'house' },
    });
    expect(await as('member', 'POST', '/v1/messages/text', text())).toMatchObject({ status: 404 });
  });

  test('do not reply to a message beyond reach', async () => {
    const reply = (who: Who, name: string) =>
      as(who, 'POST', `/v1/messages/${idFor(name, 'message')}/reply`, { text: 'Yes' });
    expect(await reply('member', 'mine')).toMatchObject({ status: 202 });
    expect(await reply('owner', 'house')).toMatchObject({ status: 202 });
    const missing = await as('member', 'POST', `/v1/messages/${newId('message')}/reply`, {
      text: 'Yes',
    });
    const hidden = await reply('member', 'house');
    expect(hidden.status).toBe(404);
    expect(hidden.error).toEqual(missing.error);
  });
});

describe('what a member makes', () => {
  test('a session is theirs', async () => {
    const created = await as('member', 'POST', '/v1/sessions', { name: 'new', mode: 'sandbox' });
    expect(created).toMatchObject({ status: 201, data: { createdBy: world.people.member.userId } });
    const path = `/v1/sessions/${idOf(created)}`;
    expect(await as('member', 'GET', path)).toMatchObject({ status: 200 });
    expect(await as('member', 'DELETE', path)).toMatchObject({ status: 200 });
  });

  test('a key is pinned to a session that they reach, and stays so', async () => {
    const make = (sessionId?: string | null) =>
      as('member', 'POST', '/v1/keys', { name: 'k', scopes: ['messages:send'], sessionId });
    expect(await make()).toMatchObject({
      status: 403,
      error: { details: { required: 'sessionId' } },
    });
    expect(await make(null)).toMatchObject({ status: 403 });
    expect(await make('house')).toMatchObject({ status: 404 });
    const made = await make('mine');
    expect(made).toMatchObject({
      status: 201,
      data: { sessionId: idFor('mine', 'session'), createdBy: world.people.member.userId },
    });
    const path = `/v1/keys/${idOf(made)}`;
    expect(await as('member', 'PATCH', path, { sessionId: null })).toMatchObject({ status: 403 });
    expect(await as('member', 'PATCH', path, { sessionId: 'house' })).toMatchObject({
      status: 404,
    });
    expect(await as('member', 'PATCH', path, { sessionId: 'robot' })).toMatchObject({
      status: 200,
    });
    expect(await as('member', 'DELETE', path)).toMatchObject({ status: 200 });
  });

  test('a webhook names sessions that they reach', async () => {
    const make = (sessionIds: string[] | null) =>
      as('member', 'POST', '/v1/webhooks', {
        url: 'https://example.com/new',
        eventTypes: ['*'],
        sessionIds,
      });
    expect(await make(null)).toMatchObject({
      status: 403,
      error: { details: { required: 'sessionIds' } },
    });
    expect(await make(['mine', 'house'])).toMatchObject({
      status: 404,
      error: { details: { sessions: ['house'] } },
    });
    const made = await make(['mine']);
    expect(made).toMatchObject({ status: 201 });
    const path = `/v1/webhooks/${idOf(made)}`;
    expect(await as('member', 'PATCH', path, { sessionIds: null })).toMatchObject({ status: 403 });
    expect(await as('member', 'PATCH', path, { sessionIds: ['house'] })).toMatchObject({
      status: 404,
    });
    expect(await as('member', 'DELETE', path)).toMatchObject({ status: 200 });
  });

  test('an owner’s key is as wide as they like', async () => {
    const made = await as('owner', 'POST', '/v1/keys', { name: 'all', scopes: ['*'] });
    expect(made).toMatchObject({
      status: 201,
      data: { sessionId: null, createdBy: world.people.owner.userId },
    });
    expect(await as('owner', 'DELETE', `/v1/keys/${idOf(made)}`)).toMatchObject({ status: 200 });
  });
});

test('reach follows the membership, from the next request on', async () => {
  const { workspaceId } = world;
  const person = await harness.newUser({ workspaceId, role: 'member' });
  const list = () => harness.call('GET', '/v1/sessions', { key: person.token });
  expect((await list()).data).toEqual([]);
  const owner = world.people.owner.token;
  const granted = await harness.call('PATCH', `/v1/workspace/members/${person.userId}`, {
    key: owner,
    body: { allSessions: true },
  });
  expect(granted.status).toBe(200);
  expect(Listed.parse((await list()).data)).toHaveLength(3);
});
