import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ErrorCode } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { callersInTurn } from '../testing/callers-in-turn.ts';
import { ALL_ROUTES_MS, inTurn } from '../testing/in-turn.ts';
import { padded } from '../testing/padded.ts';
import { sideBySide } from '../testing/side-by-side.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { failureIn } from '../testing/failure-in.ts';
import { codeAt, listOperations, statusAt } from '../testing/listed-operations.ts';
import { type ListedOperation, readDocument } from '../testing/openapi.ts';
import { findBadValue } from '../values/storable-text.ts';

let harness: Harness;
let writes: (ListedOperation & { example: Record<string, unknown> })[];

beforeAll(async () => {
  harness = await createHarness();
  const { all: listed } = await listOperations(harness);
  writes = listed.flatMap(({ operation }) => {
    const example = z
      .record(z.string(), z.unknown())
      .safeParse(operation.requestBody?.content?.['application/json']?.example);
    // What needs no body in a source system takes any.
    const takesAny = isAlias(operation.path) && operation.requestBody?.['required'] !== true;
    return example.success && !takesAny ? [{ ...operation, example: example.data }] : [];
  });
});

const isAlias = (path: string): boolean => /^\/(?:api|wa|compat)\//.test(path);
const isOfAuth = (path: string): boolean => path.startsWith('/auth/');

async function newCaller() {
  const { cookie, workspaceId } = await harness.newUser();
  const { apiKey } = await harness.newKey(workspaceId);
  return { cookie, apiKey };
}

/** The same body sent to routes that take one, as statuses and codes by route. */
async function sendTo(
  routes: typeof writes,
  bodyOf: (example: Record<string, unknown>, path: string) => string | ReadableStream,
) {
  const nextCaller = callersInTurn(newCaller);
  const seen = await sideBySide(routes, async ({ method, path, example }) => {
    const { cookie, apiKey } = await nextCaller();
    const address = path.replaceAll(/\{\w+\}/g, newId('message'));
    const credential = isOfAuth(path) ? { headers: { cookie } } : { key: apiKey };
    const body = bodyOf(example, path);
    const answer = await harness.request(method, address, { ...credential, body });
    const { code } = failureIn(await answer.json());
    return [`${method} ${path}`, `${answer.status} ${code}`] as const;
  });
  return Object.fromEntries(seen);
}

/** The same refusal on each route, by its system's name for the code. */
const refused = (routes: typeof writes, code: ErrorCode) =>
  Object.fromEntries(
    routes.map(({ method, path }) => [
      `${method} ${path}`,
      `${statusAt(path, code)} ${codeAt(path, code)}`,
    ]),
  );

/** The example with this JSON text as the value of its first field. */
const withFirst = (json: string) => (example: Record<string, unknown>) => {
  const [first = 'name'] = Object.keys(example);
  return JSON.stringify({ ...example, [first]: 0 }).replace(`"${first}":0`, `"${first}":${json}`);
};

const manyKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, n) => `"unknown${n}":1`).join()}}`;

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Bodies of one refusal: each route meets one of them, in turn. */
type Bad = readonly [what: string, bodyOf: (example: Record<string, unknown>) => string];

const NOT_JSON: readonly Bad[] = [
  ['NaN', withFirst('NaN')],
  ['a raw NUL', withFirst('"a\0b"')],
  ['a truncated body', () => '{"to":'],
];

const NOT_VALID: readonly Bad[] = [
  ['an escaped NUL', withFirst('"a\\u0000b"')],
  ['a lone surrogate', withFirst('"a\\ud83d"')],
  ['a key with NUL', () => '{"a\\u0000b":1}'],
  ['nesting of 10,000 arrays', withFirst(deep(10_000))],
  ['nesting of 10,000 objects', withFirst(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
  ['nesting at the top', () => deep(10_000)],
  ['a number beyond all', withFirst('1e400')],
  ['null', () => 'null'],
  ['__proto__', () => '{"__proto__":{"to":"x"},"constructor":1}'],
  ['4,000 unknown keys', () => manyKeys(4_000)],
];

const meeting = (what: string, bad: readonly Bad[]) =>
  writes.filter((_, index) => inTurn(bad, index).some(([name]) => name === what));

describe('on routes that take a body', { timeout: ALL_ROUTES_MS }, () => {
  test('there are some', () => {
    expect(writes.length).toBeGreaterThan(5);
  });

  test.each(NOT_JSON)('%s is MALFORMED_JSON', async (what, bodyOf) => {
    const routes = meeting(what, NOT_JSON);
    expect(routes).not.toEqual([]);
    expect(await sendTo(routes, bodyOf)).toEqual(refused(routes, 'MALFORMED_JSON'));
  });

  test.each(NOT_VALID)('%s is VALIDATION_ERROR', async (what, bodyOf) => {
    const routes = meeting(what, NOT_VALID);
    expect(routes).not.toEqual([]);
    expect(await sendTo(routes, bodyOf)).toEqual(refused(routes, 'VALIDATION_ERROR'));
  });

  test('a body is not larger than the operation takes, on any of them', async () => {
    // A file may come as base64 where a message can have one; a bulk has many recipients.
    const seen = await sendTo(writes, (example, path) => {
      const isLarge =
        'base64' in example ||
        /\/(?:reply|status(?:\/image|\/video)?|messages|bulk|send(?:Image|File|Voice|Video))$|\/send(?:Media|WhatsAppAudio|Sticker|Status)\//.test(
          path,
        );
      return padded(JSON.stringify(example), (isLarge ? 13 : 2) * 1024 * 1024);
    });
    expect(seen).toEqual(refused(writes, 'PAYLOAD_TOO_LARGE'));
  });
});

describe('a body of 26 MB', () => {
  const size = 26 * 1024 * 1024;

  test.each([
    ['that says so', { 'content-length': String(size) }],
    ['that does not say so', {}],
  ])('%s is refused without being read to its end', async (_what, headers) => {
    const { apiKey } = await harness.newWorkspace();
    let given = 0;
    const body = padded('', size, (bytes) => void (given += bytes));
    const answer = await harness.call('POST', '/v1/messages/text', { key: apiKey, headers, body });
    expect(answer).toMatchObject({ status: 413, error: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(given).toBeLessThan(size / 4);
  });
});

test('a body that is no UTF-8 is MALFORMED_JSON', async () => {
  const { apiKey } = await harness.newWorkspace();
  const body = new Uint8Array([
    ...new TextEncoder().encode('{"to":"'),
    0xed,
    0xa0,
    0x80,
    0x22,
    0x7d,
  ]);
  const answer = await harness.call('POST', '/v1/messages/text', { key: apiKey, body });
  expect(answer).toMatchObject({ status: 400, error: { code: 'MALFORMED_JSON' } });
});

test.each(['/v1/sessions/%00', '/v1/messages?sessionId=%00', '/v1/sessions?%00=1'])(
  'the address %s is VALIDATION_ERROR',
  async (path) => {
    const { apiKey } = await harness.newWorkspace();
    const answer = await harness.call('GET', path, { key: apiKey });
    expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
  },
);

test('an answer to very many mistakes stays small', async () => {
  const { apiKey } = await harness.newWorkspace();
  const body = manyKeys(50_000);
  const response = await harness.request('POST', '/v1/messages/text', { key: apiKey, body });
  expect((await response.text()).length).toBeLessThan(10_000);
});

test.each([
  ['headers', Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`x-${index}`, '']))],
  ['eventTypes', Array.from({ length: 3_000 }, () => '*')],
])('thousands of %s are counted before any is looked at', async (name, values) => {
  const { apiKey } = await harness.newWorkspace();
  const body = { url: 'https://example.com/hook', [name]: values };
  expect(await harness.call('POST', '/v1/webhooks', { key: apiKey, body })).toMatchObject({
    status: 422,
    error: { details: { fields: [{ field: '', message: 'has more than 2000 values' }] } },
  });
});

test('no value is read of more than are counted', () => {
  let read = 0;
  const values = Array.from({ length: 3_000 }, (_, index) => [`x-${index}`, '']);
  const wide: unknown = new Proxy(Object.fromEntries(values), {
    get: () => {
      read += 1;
      return '';
    },
  });
  expect(findBadValue(wide)?.message).toBe('has more than 2000 values');
  expect(read).toBe(0);
});

test.each([
  [{ a: [{ b: 'x\0' }] }, 'a.0.b'],
  [{ a: '\ud83d' }, 'a'],
  [['😀', 1, null, true], undefined],
])('the bad text in %j is at %s', (value, field) => {
  expect(findBadValue(value)?.field).toBe(field);
});

describe('a name that is not known', () => {
  const send = { to: '+15550100001', text: 'Hello' };
  const { to, text } = send;

  test.each([
    ['POST', '/v1/messages/text', { phone: to, text }, 'body', 'phone', 'did you mean `to`?'],
    ['POST', '/v1/messages/text', { number: to, text }, 'body', 'number', 'did you mean `to`?'],
    ['POST', '/v1/messages/text', { chatId: to, text }, 'body', 'chatId', 'did you mean `to`?'],
    ['POST', '/v1/messages/text', { to, message: text }, 'body', 'message', 'did you mean `text`?'],
    ['POST', '/v1/messages/text', { to, body: text }, 'body', 'body', 'did you mean `text`?'],
    [
      'POST',
      '/v1/messages/text',
      { ...send, session_id: 'x' },
      'body',
      'session_id',
      '`sessionId`?',
    ],
    ['POST', '/v1/messages/text', { ...send, colour: 'red' }, 'body', 'colour', 'known are `'],
    [
      'POST',
      '/v1/sessions',
      { name: 'x', pacing: { minInterval: 1 } },
      'body',
      'pacing.minInterval',
      '`minIntervalMs`?',
    ],
    ['POST', '/auth/sign-in/email', { mail: 'a@example.com' }, 'body', 'mail', '`email`?'],
    ['GET', '/v1/events?type=message.failed', undefined, 'query', 'type', '`types`?'],
    ['GET', '/v1/messages?page=2', undefined, 'query', 'page', '`cursor`?'],
    ['GET', '/v1/sessions?archive=true', undefined, 'query', 'archive', '`archived`?'],
    ['GET', '/v1/keys?x=1', undefined, 'query', 'x', 'is not known here'],
    [
      'DELETE',
      `/v1/keys/${newId('key')}?force=true`,
      undefined,
      'query',
      'force',
      'is not known here',
    ],
  ])('%s %s %j: %s.%s %s', async (method, path, body, place, field, hint) => {
    const { apiKey } = await harness.newWorkspace();
    const answer = await harness.call(method, path, { key: apiKey, body });
    expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
    const { fields } = z
      .object({
        fields: z.array(z.object({ in: z.string(), field: z.string(), message: z.string() })),
      })
      .parse(answer.error?.details);
    expect(fields[0]).toEqual({ in: place, field, message: expect.stringContaining(hint) });
    expect(answer.error?.message).toBe(`${place}.${field}: ${fields[0]?.message}`);
  });

  test(
    'is refused in the query of every operation of /v1',
    { timeout: ALL_ROUTES_MS },
    async () => {
      const nextCaller = callersInTurn(() => harness.newUser({ isAdmin: true }));
      const { operations } = readDocument(
        await (await harness.request('GET', '/openapi.json')).json(),
      );
      const ours = operations.filter(({ path }) => path.startsWith('/v1/'));
      const seen = await sideBySide(ours, async ({ method, path }) => {
        const address = path.replaceAll(/\{\w+\}/g, newId('message'));
        const { token: key } = await nextCaller();
        const { status } = await harness.call(method, `${address}?unheardOf=1`, { key });
        return { name: `${method} ${path}`, status };
      });
      expect(seen.filter(({ status }) => status !== 422)).toEqual([]);
    },
  );
});

test('a field that is missing is required', async () => {
  const { apiKey } = await harness.newWorkspace();
  const answer = await harness.call('POST', '/v1/messages/text', { key: apiKey, body: {} });
  expect(answer.error?.details).toMatchObject({
    fields: [
      { in: 'body', field: 'to', message: 'is required' },
      { in: 'body', field: 'text', message: 'is required' },
    ],
  });
});
