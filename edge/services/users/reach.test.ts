import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness } from '../../testing/harness.ts';
import { reachWorld, type Who } from './testing/reach-world.ts';

const harness = await createHarness();
const world = await reachWorld(harness);

const CALLERS: Who[] = ['owner', 'colleague', 'member'];

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
