import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bodyOf } from '../../testing/battery.ts';
import { KINDS } from '../../testing/credentials.ts';
import { createHarness } from '../../testing/harness.ts';
import { isOfApi, listOperations } from '../../testing/listed-operations.ts';
import { type Document, type ListedOperation, readDocument } from '../../testing/openapi.ts';

let document: Document;
let operations: ListedOperation[];
let api: ListedOperation[];

beforeAll(async () => {
  const harness = await createHarness();
  const listed = await listOperations(harness);
  ({ document } = listed);
  operations = listed.all.map(({ operation }) => operation);
  api = listed.guarded.filter(isOfApi).map(({ operation }) => operation);
});

const Answer = z.looseObject({
  $ref: z.string().optional(),
  properties: z.looseObject({ data: z.unknown().optional() }).optional(),
});

const named = ({ method, path }: ListedOperation) => `${method} ${path}`;

describe('the OpenAPI document', () => {
  test('is 3.1, and takes every kind of credential where an operation says nothing else', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(Object(document.components.securitySchemes))).toEqual([...KINDS]);
    expect(document['security']).toEqual(KINDS.map((kind) => ({ [kind]: [] })));
    expect(document.components.securitySchemes).toMatchObject({
      bearerKey: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'waypost.session_token' },
    });
  });

  test('names every operation once, with tag, summary and its errors', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of api) {
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
      (operation) =>
        operation.requestBody?.content?.['application/json'] !== undefined &&
        bodyOf(operation) === undefined,
    );
    expect(bare.map(named)).toEqual([]);
  });

  test('has an example for every JSON answer', () => {
    /** A schema with those that it refers to. */
    const whole = (schema: unknown, depth = 3): string => {
      const text = JSON.stringify(schema ?? {});
      const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
        ([, name = '']) => name,
      );
      const parts = depth === 0 ? [] : names.map((name) => document.components.schemas[name]);
      return [text, ...parts.map((part) => whole(part, depth - 1))].join();
    };
    const bare: string[] = [];
    for (const operation of operations)
      for (const [status, response] of Object.entries(operation.responses)) {
        const schema = response.content?.['application/json']?.schema;
        if (schema === undefined || !status.startsWith('2')) continue;
        // Our envelope's own example is none of what it carries.
        const { $ref = '' } = Answer.parse(schema);
        const { properties } = Answer.parse(
          document.components.schemas[$ref.split('/')[3] ?? ''] ?? {},
        );
        const data = properties?.data ?? schema;
        if (!whole(data).includes('"example"')) bare.push(`${named(operation)} ${status}`);
      }
    expect(bare).toEqual([]);
  });

  test('does not show our own machines’ routes', () => {
    expect(operations.filter(({ path }) => path.startsWith('/internal'))).toEqual([]);
  });
});

test('the routes of a source system are in its own document alone', async () => {
  const harness = await createHarness();
  const read = async (path: string) => {
    const { operations: listed } = readDocument(await (await harness.request('GET', path)).json());
    return listed.map(({ path: address }) => address);
  };
  const [main, gateway] = [await read('/openapi.json'), await read('/openapi/gateway.json')];
  expect(gateway).toContain('/api/send');
  expect(gateway.filter((path) => !path.startsWith('/api/'))).toEqual([]);
  expect(main.filter((path) => path.startsWith('/api/'))).toEqual([]);
  const page = await (await harness.request('GET', '/docs')).text();
  expect(page).toContain('href="docs?of=gateway"');
});
