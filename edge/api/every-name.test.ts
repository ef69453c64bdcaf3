import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { bodyOf, callOperation, idPositions, propertiesOf, withId } from '../testing/battery.ts';
import { newThings } from '../testing/things.ts';
import { callersInTurn } from '../testing/callers-in-turn.ts';
import { inTurn } from '../testing/in-turn.ts';
import { createHarness, idOf } from '../testing/harness.ts';
import type { ListedOperation } from '../testing/openapi.ts';
import { listOperations, statusAt } from '../testing/listed-operations.ts';

/* Every place of the OpenAPI document that takes a name, or refers to a session by its name. */
const harness = await createHarness();
const { document, all } = await listOperations(harness);
const operations = all.map(({ operation }) => operation);
const user = await harness.newUser({ isAdmin: true });
const { workspaceId } = user;
const ids = await newThings(harness, user);
const nextOwner = callersInTurn(() => harness.newUser({ workspaceId, isAdmin: true }));
const elsewhere = await harness.newWorkspace();

describe('a session', () => {
  test('is there once, however its name is written', async () => {
    const { apiKey } = await harness.newWorkspace();
    const create = (name: string) =>
      harness.call('POST', '/v1/sessions', { key: apiKey, body: { name, mode: 'sandbox' } });
    const first = await create(' Support  desk ');
    expect(first).toMatchObject({ status: 201, data: { name: 'Support desk' } });
    for (const name of ['support desk', 'SUPPORT DESK', 'Support desk ', 'Support\u00a0desk'])
      expect(await create(name)).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
    const other = idOf(await create('sales'));
    const renamed = await harness.call('PATCH', `/v1/sessions/${other}`, {
      key: apiKey,
      body: { name: 'SUPPORT desk' },
    });
    expect(renamed).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
    const respelt = await harness.call('PATCH', '/v1/sessions/support%20desk%20', {
      key: apiKey,
      body: { name: 'SUPPORT desk' },
    });
    expect(respelt).toMatchObject({ status: 200, data: { id: idOf(first), name: 'SUPPORT desk' } });
  });

  const places = operations.flatMap((operation) =>
    idPositions(operation, document)
      .filter(({ kind }) => kind === 'session')
      .map((position) => ({
        operation,
        position,
        where: `${operation.method} ${operation.path} ${position.in} ${position.name}`,
      })),
  );

  /** What else the example's body names, as things that are there. */
  const named = (operation: ListedOperation) =>
    idPositions(operation, document)
      .filter((one) => one.in === 'body' && one.kind !== 'session')
      .filter(({ name }) => Object.hasOwn(Object(bodyOf(operation)), name))
      .map((one) => withId(one, ids));

  test.each(places)('is found by its name in other spelling: $where', async (place) => {
    const { operation, position } = place;
    const { userId } = user;
    const { token: key } = await nextOwner();
    const name = `My phone ${crypto.randomUUID().slice(0, 8)}`;
    const namesake = await harness.newSession({ workspaceId: elsewhere.workspaceId, name });
    const { id } = await harness.newSession({ workspaceId, name, createdBy: userId });
    await harness.db
      .update(harness.schema.sessionLeases)
      .set({ desired: 'stopped' })
      .where(eq(harness.schema.sessionLeases.sessionId, id));
    const written = { ...ids, session: encodeURIComponent(`  ${name.toUpperCase()} `) };
    const inBodyOrQuery = withId(position, { ...ids, session: `  ${name.toUpperCase()} ` });
    const answer = await (position.in === 'path'
      ? callOperation(harness, operation, written, { key })
      : callOperation(harness, operation, ids, { key }, ...named(operation), inBodyOrQuery));
    // 404, 409, 422, 426, 501 and the queue's 503: it was found, but not the message of the body's example; it is stopped, the example has
    // nothing to fetch, no connection was asked for, or its engine cannot do it.
    expect([200, 201, 202, 404, 409, 422, 426, 501, 503]).toContain(answer.status);
    const text = await answer.text();
    expect(text).not.toMatch(/SESSION_NOT_FOUND|VALIDATION_ERROR/);
    expect(answer.status !== 404 || text.includes('"NOT_FOUND"')).toBe(true);
    expect(text).not.toContain(namesake.id);
  });
});

/** The `name` of a poll or a place is what a message says, not the name of a thing. */
const named = operations.filter(({ method, path, requestBody }) => {
  if (/\/messages?\//.test(path)) return false;
  const schema = requestBody?.content?.['application/json']?.schema;
  return method !== 'GET' && 'name' in propertiesOf(schema, document);
});

test('these take a name', () => {
  expect(named.map(({ method, path }) => `${method} ${path}`)).toEqual(
    expect.arrayContaining([
      'POST /v1/sessions',
      'PATCH /v1/sessions/{id}',
      'POST /v1/sessions/{id}/sandbox/scan',
      'POST /v1/keys',
      'PATCH /v1/workspace',
      'PATCH /v1/me',
      'POST /v1/admin/users',
      'POST /auth/sign-up/email',
    ]),
  );
});

/** Names that are none, with more in them than one sees, and too long: a route may refuse the one kind and not the other. */
const BAD_NAMES = [
  ['', ' \t ', '\u200b'],
  ['two\nlines', 'a\u0007b', 'a\u200bb', 'a\u200db', 'a\u202eb', 'a\u2066b', 'a\ufeffb'],
  ['x'.repeat(101)],
];

describe.each(named)('$method $path', (operation) => {
  const index = named.indexOf(operation);
  test.each(BAD_NAMES.flatMap((names) => inTurn(names, index)))(
    'refuses the name %j',
    async (name) => {
      const { token: key } = await nextOwner();
      const answer = await callOperation(
        harness,
        operation,
        ids,
        { key },
        { in: 'body', name: 'name', value: name },
      );
      expect(answer.status).toBe(statusAt(operation.path, 'VALIDATION_ERROR'));
      expect(await answer.text()).toContain('body.name: ');
    },
  );
});

test('the description of a webhook is one line too, and a blank one is none', async () => {
  const { token: key } = await nextOwner();
  const post = (description: string) =>
    harness.call('POST', '/v1/webhooks', {
      key,
      body: { url: 'https://example.com/', description },
    });
  expect(await post('  Orders \u00a0 in ')).toMatchObject({ data: { description: 'Orders in' } });
  expect(await post(' ')).toMatchObject({ data: { description: null } });
  expect(await post('a\u202eb')).toMatchObject({ status: 422 });
});
