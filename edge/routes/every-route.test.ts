import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../shared/ids.ts';
import { mintApiKey } from '../../shared/api-key.ts';
import { SCOPES } from '../services/keys/require-scope.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { type Document, type ListedOperation, readDocument } from '../testing/openapi.ts';

let harness: Harness;
let document: Document;
let operations: ListedOperation[];
let v1: ListedOperation[];

beforeAll(async () => {
  harness = await createHarness();
  const response = await harness.request('GET', '/openapi.json');
  ({ document, operations } = readDocument(await response.json()));
  v1 = operations.filter(({ path }) => path.startsWith('/v1/'));
});

type Ids = { session: string; message: string; webhook: string; delivery: string; key: string };

/** The operation's path with real-looking ids, by the folder that a parameter stands in. */
function pathOf({ path }: ListedOperation, ids: Ids): string {
  return path.replaceAll(/\/(\w+)\/\{\w+\}/g, (_whole, area: string) => {
    const id = Object.entries(ids).find(
      ([kind]) => area.startsWith(kind) || (kind === 'delivery' && area === 'deliveries'),
    );
    return `/${area}/${id?.[1] ?? newId('event')}`;
  });
}

/** The example body of an operation, so that a refusal is not for the body's sake. */
const bodyOf = ({ requestBody }: ListedOperation): unknown =>
  requestBody?.content?.['application/json']?.example;

const unknownIds = (): Ids => ({
  session: newId('session'),
  message: newId('message'),
  webhook: newId('webhook'),
  delivery: newId('delivery'),
  key: newId('key'),
});

function call(operation: ListedOperation, ids: Ids, options: Parameters<Harness['call']>[2]) {
  const body = bodyOf(operation);
  return harness.call(operation.method, pathOf(operation, ids), {
    ...options,
    ...(body === undefined ? {} : { body }),
  });
}

const named = ({ method, path }: ListedOperation) => `${method} ${path}`;

async function statuses(
  options: Parameters<Harness['call']>[2],
  ids: Ids = unknownIds(),
): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const operation of v1) {
    const answer = await call(operation, ids, options);
    seen[named(operation)] = `${answer.status} ${answer.error?.code}`;
  }
  return seen;
}

const all = (outcome: string) =>
  Object.fromEntries(v1.map((operation) => [named(operation), outcome]));

describe('every /v1 route', () => {
  test('there are some', () => {
    expect(v1.map(named)).toEqual(
      expect.arrayContaining(['POST /v1/messages/text', 'GET /v1/sessions/{id}/qr']),
    );
  });

  test('refuses a request without a key, and says how to bring one', async () => {
    expect(await statuses({})).toEqual(all('401 UNAUTHORIZED'));
    const response = await harness.request('GET', '/v1/sessions');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('refuses a garbled key', async () => {
    const { apiKey } = await harness.newWorkspace();
    const garbled = `${apiKey.slice(0, -4)}AAAA`;
    expect(await statuses({ key: garbled })).toEqual(all('401 UNAUTHORIZED'));
  });

  test('refuses a key that another deployment signed', async () => {
    const claims = { keyId: newId('key'), workspaceId: newId('workspace'), mode: 'live' as const };
    const foreign = await mintApiKey(claims, 'ab'.repeat(32));
    expect(await statuses({ key: foreign })).toEqual(all('401 UNAUTHORIZED'));
  });

  test('refuses a well-signed key that is not in the record', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const claims = { keyId: newId('key'), workspaceId, mode: 'live' as const };
    const unknown = await mintApiKey(claims, harness.env.API_KEY_SIGNING_KEY);
    expect(await statuses({ key: unknown })).toEqual(all('401 UNAUTHORIZED'));
  });

  test('refuses a revoked key on the next request', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { revokedAt: new Date() });
    expect(await statuses({ key: apiKey })).toEqual(all('401 UNAUTHORIZED'));
  });

  test('refuses a key without scopes', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { scopes: [] });
    expect(await statuses({ key: apiKey })).toEqual(all('403 FORBIDDEN'));
  });

  test.each([
    ['paused', { isActive: false }],
    ['expired', { expiresAt: new Date(Date.now() - 1_000) }],
  ])('refuses a key that is %s', async (_state, options) => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, options);
    expect(await statuses({ key: apiKey })).toEqual(all('401 UNAUTHORIZED'));
  });

  test('refuses a key that is used from elsewhere, and one from nobody knows where', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey: key } = await harness.newKey(workspaceId, { allowedIps: ['192.0.2.0/24'] });
    const from = (address: string) => ({ 'cf-connecting-ip': address });
    expect(await statuses({ key, headers: from('198.51.100.7') })).toEqual(all('403 FORBIDDEN'));
    const other = await harness.newKey(workspaceId, { allowedIps: ['0.0.0.0/0'] });
    expect(await statuses({ key: other.apiKey, headers: from('') })).toEqual(all('403 FORBIDDEN'));
  });

  test('declares its scope, and refuses a key that has every other one', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const keys = new Map<unknown, string>();
    for (const scope of SCOPES) {
      const scopes = SCOPES.filter((other) => other !== scope);
      keys.set(scope, (await harness.newKey(workspaceId, { scopes })).apiKey);
    }
    for (const operation of v1) {
      const scope = operation['x-required-scope'];
      expect(SCOPES, named(operation)).toContain(scope);
      const key = keys.get(scope) ?? '';
      const answer = await call(operation, unknownIds(), { key });
      expect(answer, named(operation)).toMatchObject({
        status: 403,
        error: { details: { scope } },
      });
    }
  });

  test('treats another workspace’s ids as missing ones', async () => {
    const owner = await harness.newWorkspace();
    const { workspaceId } = owner;
    const session = await harness.newSession({ workspaceId, status: 'online' });
    const message = newId('message');
    await harness.db.insert(harness.schema.messages).values({
      id: message,
      workspaceId,
      sessionId: session.id,
      direction: 'inbound',
      chatId: '15550100002@c.us',
      type: 'text',
      content: { text: 'private' },
      status: 'sent',
      statusRank: 4,
      wireId: '3A5F0C431C26A1916E07',
    });
    const webhook = newId('webhook');
    await harness.db.insert(harness.schema.webhookEndpoints).values({
      id: webhook,
      workspaceId,
      url: 'https://example.com/hook',
      secret: 'whsec_c2VjcmV0',
      eventTypes: ['*'],
    });
    const { workspaceId: other } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(other, { perMinute: 10_000 });
    const ids = { session: session.id, message, webhook, key: owner.keyId };
    const foreign = { ...unknownIds(), ...ids };
    const missing = unknownIds();
    let compared = 0;
    for (const operation of v1.filter(({ path }) => path.includes('{'))) {
      const asked = await call(operation, foreign, { key: apiKey });
      const nothing = await call(operation, missing, { key: apiKey });
      expect(asked.status, named(operation)).toBe(404);
      expect(asked.error, named(operation)).toEqual(nothing.error);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(10);
  });

  test('never shows what went wrong inside', async () => {
    const { apiKey } = await harness.newWorkspace();
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    for (const operation of v1) {
      const answer = await call(operation, unknownIds(), { key: apiKey, env });
      expect(answer.status, named(operation)).toBeGreaterThanOrEqual(500);
      expect(answer.error?.message, named(operation)).not.toMatch(
        /select|insert|\bat \w+|neon|sql/i,
      );
      expect(JSON.stringify(answer.error), named(operation)).not.toMatch(/stack|\.ts|node_modules/);
    }
  });
});

describe('the OpenAPI document', () => {
  test('is 3.1, with both ways to bring a key', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    });
  });

  test('names every operation once, with tag, summary and its errors', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of v1) {
      expect(operation, named(operation)).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
        summary: expect.any(String),
        tags: [expect.any(String)],
        responses: { 401: expect.anything(), 429: expect.anything(), 500: expect.anything() },
      });
    }
  });

  test('has an example for every body', () => {
    const bare = operations.filter(
      (operation) => operation.requestBody !== undefined && bodyOf(operation) === undefined,
    );
    expect(bare.map(named)).toEqual([]);
  });

  test('has an example for every JSON answer', () => {
    const dataOf = (schema: unknown): string => JSON.stringify(schema);
    for (const operation of operations)
      for (const [status, response] of Object.entries(operation.responses)) {
        const schema = response.content?.['application/json']?.schema;
        if (schema === undefined || !status.startsWith('2')) continue;
        const [, name = ''] = /"#\/components\/schemas\/(\w+)"/.exec(dataOf(schema)) ?? [];
        const shown = dataOf(schema).includes('"example"')
          ? schema
          : document.components.schemas[name];
        expect(dataOf(shown ?? {}), `${named(operation)} ${status}`).toContain('"example"');
      }
  });

  test('does not show our own machines’ routes', () => {
    expect(operations.filter(({ path }) => path.startsWith('/internal'))).toEqual([]);
  });
});
