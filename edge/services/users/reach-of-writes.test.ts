import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, idOf } from '../../testing/harness.ts';
import { reachWorld, type Who } from './testing/reach-world.ts';

const harness = await createHarness();
const world = await reachWorld(harness);

const CALLERS: Who[] = ['owner', 'colleague', 'member'];

const as = (who: Who, method: string, path: string, body?: unknown) =>
  harness.call(method, path, {
    key: world.people[who].token,
    ...(body === undefined ? {} : { body }),
  });

const idFor = (name: string, kind: 'session' | 'message' | 'webhook' | 'key'): string =>
  world.things[name]?.[kind] ?? '';

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
