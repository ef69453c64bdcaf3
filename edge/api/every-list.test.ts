import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sampleEvent } from '../../shared/catalogue/events/index.ts';
import { LIVE_OPERATIONS } from '../../shared/catalogue/live-operations.ts';
import { rowsOf } from '../../shared/catalogue/testing/rows-of.ts';
import { newId } from '../../shared/ids.ts';
import { callOperation, type Extra } from '../testing/battery.ts';
import { type Ids, newThings, unknownIds } from '../testing/things.ts';
import {
  createHarness,
  type NewSession,
  type TestRequest,
  type TestUser,
} from '../testing/harness.ts';
import { inTurn } from '../testing/in-turn.ts';
import { done, liveAnswers } from '../testing/live-session.ts';
import { type ListedOperation, readDocument } from '../testing/openapi.ts';

/* Every list of the OpenAPI document, so that a new one is held to the same rules from its first day. */
const harness = await createHarness();
const { operations } = readDocument(await (await harness.request('GET', '/openapi.json')).json());

const Parameter = z.looseObject({ in: z.string(), name: z.string(), schema: z.looseObject({}) });
const parametersOf = (operation: ListedOperation) =>
  z.array(Parameter).parse(operation['parameters'] ?? []);
const listsWith = (parameter: string) =>
  operations
    .filter((operation) => parametersOf(operation).some(({ name }) => name === parameter))
    .map((operation) => ({ operation, name: `${operation.method} ${operation.path}` }));

/** What a live session answers for its first page and the one after it, for each operation that is asked for pages. */
const livePages = Object.fromEntries(
  rowsOf(LIVE_OPERATIONS).flatMap(([name, { example }]) => {
    const output: Record<string, unknown> = example.output;
    const list = Object.entries(output).find(([, value]) => Array.isArray(value));
    if (!('next' in output) || list === undefined) return [];
    const [field, rows] = z.tuple([z.string(), z.array(z.looseObject({}))]).parse(list);
    const page = (n: number) => {
      const id = `${n}55501000${n}@c.us`;
      return done({ [field]: [{ ...rows[0], id, wireId: id }], next: { t: 100 - n, id } });
    };
    return [[name, [page(1), page(2)]]];
  }),
);
const OTHER_CHAT = '/chats/15550100009@c.us';

const owner = await harness.newUser({ isAdmin: true });
const own = await newWorld(owner);
await harness.newUser();

/** A person's workspace with two rows in every list, and the ids of one thing of each kind. */
async function newWorld(user: TestUser): Promise<Ids> {
  const { workspaceId } = user;
  const { db, schema } = harness;
  const ids = await newThings(harness, user);
  const other = await newThings(harness, user);
  await harness.newUser({ workspaceId, role: 'member' });
  for (const [n, sessionId] of [ids.session, ids.session, other.session].entries()) {
    await db.insert(schema.sessionLog).values({ sessionId, status: 'online', reason: 'test' });
    await db.insert(schema.events).values({
      workspaceId,
      seq: n + 1,
      id: newId('event'),
      sessionId,
      type: 'session.status',
      data: sampleEvent('session.status').data,
      occurredAt: new Date(),
    });
    await db.insert(schema.deliveries).values({
      id: newId('delivery'),
      workspaceId,
      endpointId: n === 2 ? other.webhook : ids.webhook,
      eventSeq: n + 1,
      eventName: 'session.status',
    });
    await db.insert(schema.auditLog).values({
      id: newId('audit'),
      workspaceId,
      kind: 'request',
      action: 'test',
      actorType: 'user',
      actorId: user.userId,
    });
  }
  return ids;
}

/** A session of the owner whose runner answers every live operation, and all lists from their first page on. */
async function newOnlineSession(change: Partial<NewSession> = {}) {
  const runner = harness.newRunner();
  await runner.script({ ...liveAnswers(), ...livePages });
  const { workspaceId } = owner;
  return harness.newSession({ workspaceId, owner: runner.owner, ...change });
}

const Page = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ nextCursor: z.string().nullable() }),
});

/** A page of the envelope, or a file with a head, of which the `Link` header tells the next. */
async function pageOf(response: Response): Promise<z.infer<typeof Page>> {
  if (!response.headers.has('content-disposition')) return Page.parse(await response.json());
  const [, ...data] = (await response.text()).trimEnd().split('\r\n');
  const [, next] = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '') ?? [];
  const nextCursor =
    next === undefined ? null : new URL(next, 'https://waypost.test').searchParams.get('cursor');
  return { data, meta: { nextCursor } };
}

const ask = (operation: ListedOperation, ids: Ids, options: TestRequest, ...extra: Extra[]) =>
  callOperation(harness, operation, ids, options, ...extra);
const query = (name: string, value: unknown): Extra => ({ in: 'query', name, value });
/** A person has so many requests a minute: each test has one of its own, with all rights. */
let asOwner: TestRequest;
beforeEach(async () => {
  const { workspaceId } = owner;
  const { token } = await harness.newUser({ workspaceId, isAdmin: true });
  asOwner = { key: token };
});

async function refusalOf(response: Response) {
  const { error } = z
    .object({ error: z.object({ code: z.string(), details: z.unknown().optional() }) })
    .parse(await response.json());
  return { status: response.status, ...error };
}

const isOfCursor = {
  status: 422,
  code: 'VALIDATION_ERROR',
  details: { fields: [{ in: 'query', field: 'cursor', message: expect.any(String) }] },
};

const paged = listsWith('cursor');
const ofASession = listsWith('sessionId');
/** What is kept here outlives its session; what is asked of a live session does not. */
const isKept = ({ responses }: ListedOperation): boolean => !('409' in responses);

test('the lists are these', () => {
  expect(paged.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'GET /v1/messages',
      'GET /v1/sessions/{id}/events',
      'GET /v1/audit/export',
    ]),
  );
  expect(listsWith('sessionId').map(({ name }) => name)).toEqual(
    expect.arrayContaining(['GET /v1/messages', 'GET /v1/events']),
  );
});

describe.each(paged)('the cursor of $name', (listed) => {
  const { operation, name } = listed;
  beforeEach(async () => {
    if (!isKept(operation)) await newOnlineSession({ isDefault: true });
  });

  const firstPage = async (...extra: Extra[]) =>
    pageOf(await ask(operation, own, asOwner, query('limit', 1), ...extra));

  test('goes on with the list, in pages of another size', async () => {
    const first = await firstPage();
    expect(first.meta.nextCursor).not.toBeNull();
    const cursor = query('cursor', first.meta.nextCursor);
    const next = await pageOf(await ask(operation, own, asOwner, query('limit', 2), cursor));
    expect(next.data.length).toBeGreaterThan(0);
    expect(next.data).not.toContainEqual(first.data[0]);
  });

  test('is refused by other lists, in turn, and by the same thing of another', async () => {
    const cursor = query('cursor', (await firstPage()).meta.nextCursor);
    const others = paged.filter((one) => one.name !== name);
    // A ring: each list meets the cursor of the one before it.
    for (const other of inTurn(others, paged.indexOf(listed)))
      expect(await refusalOf(await ask(other.operation, own, asOwner, cursor)), other.name).toEqual(
        isOfCursor,
      );
    if (!operation.path.includes('{id}')) return;
    const elsewhere = await newThings(harness, owner);
    const ofAnother = { ...operation, path: operation.path.replace('/chats/{id}', OTHER_CHAT) };
    expect(await refusalOf(await ask(ofAnother, elsewhere, asOwner, cursor))).toEqual(isOfCursor);
  });

  test('is refused with other filters', async () => {
    const cursor = query('cursor', (await firstPage()).meta.nextCursor);
    const filters = parametersOf(operation).filter(
      (one) => one.in === 'query' && !['cursor', 'limit'].includes(one.name),
    );
    for (const { name: filter, schema } of filters) {
      const value = someOf(filter, schema);
      expect(
        await refusalOf(await ask(operation, own, asOwner, cursor, query(filter, value))),
        filter,
      ).toEqual(isOfCursor);
    }
  });

  test.each(['', 'x', 'MTc5.0123456789ab', '99999999999999999999.0123456789ab'])(
    '"%s" is none',
    async (text) => {
      const answer = await ask(operation, own, asOwner, query('cursor', text));
      expect(await refusalOf(answer)).toEqual(isOfCursor);
    },
  );
});

/** A value that a filter takes and that is not its default. */
function someOf(name: string, schema: Record<string, unknown>): string {
  const { enum: values, default: byDefault, format, type, example } = schema;
  if (typeof example === 'string') return example;
  if (Array.isArray(values)) return String(values.find((value) => value !== byDefault));
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (name === 'sessionId') return own.session;
  return name === 'workspaceId' ? own.workspace : type === 'integer' ? '200' : 'a';
}

describe.each(ofASession)('the sessionId of $name', ({ operation }) => {
  const of = (options: TestRequest, value: string) =>
    ask(operation, own, options, query('sessionId', value));

  test.each([
    ['unknown', () => newId('session')],
    ['unknown, a name', () => 'nobody'],
    ['empty', () => ''],
    ['of another workspace', async () => (await newWorld(await harness.newUser())).session],
  ])('%s is SESSION_NOT_FOUND', async (_what, value) => {
    expect(await refusalOf(await of(asOwner, await value()))).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    });
  });

  test('beyond a member’s reach is SESSION_NOT_FOUND, beyond a key’s FORBIDDEN', async () => {
    const { workspaceId } = owner;
    const member = await harness.newUser({ workspaceId, role: 'member' });
    expect((await of({ key: member.token }, own.session)).status).toBe(404);
    const { id: sessionId } = await newOnlineSession();
    const { apiKey: key } = await harness.newKey(workspaceId, { sessionId });
    // An endpoint of other sessions is hidden from such a key.
    const hidden = operation.path.startsWith('/v1/webhooks/');
    expect((await of({ key }, own.session)).status).toBe(hidden ? 404 : 403);
    expect((await of({ key }, sessionId)).status).toBe(hidden ? 404 : 200);
  });

  test('may be an id or a name, of the archive only for what is kept here', async () => {
    const session = await newOnlineSession();
    for (const value of [session.id, session.name])
      expect((await of(asOwner, value)).status).toBe(200);
    await harness.call('POST', `/v1/sessions/${session.id}/archive`, asOwner);
    for (const value of [session.id, session.name])
      expect((await of(asOwner, value)).status).toBe(isKept(operation) ? 200 : 404);
  });
});

test('the workspaceId of a list of the platform names a workspace', async () => {
  const lists = listsWith('workspaceId');
  expect(lists).not.toEqual([]);
  for (const { operation, name } of lists) {
    const answer = await ask(
      operation,
      unknownIds(),
      asOwner,
      query('workspaceId', newId('workspace')),
    );
    expect(await refusalOf(answer), name).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  }
});
