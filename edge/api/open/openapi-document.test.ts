import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aliasesOf, EVENT_TYPES } from '../../../shared/catalogue/events/index.ts';
import { ERROR_CODES, ERRORS } from '../../../shared/errors.ts';
import { ErrorBody } from '../../http/envelope.ts';
import { createHarness } from '../../testing/harness.ts';
import { type Document, type ListedOperation, readDocument } from '../../testing/openapi.ts';

const Examples = z.record(z.string(), z.object({ summary: z.string(), value: ErrorBody }).loose());
const Listed = z.object({ examples: z.record(z.string(), z.object({ $ref: z.string() })) }).loose();

let examples: z.infer<typeof Examples>;
let document: Document;
let operations: ListedOperation[];
beforeAll(async () => {
  const harness = await createHarness();
  const read = readDocument(await (await harness.request('GET', '/openapi.json')).json());
  ({ document, operations } = read);
  examples = Examples.parse(read.document.components['examples']);
});

describe('errors in the OpenAPI document', () => {
  test('have an example for every code of the table', () => {
    expect(Object.keys(examples)).toEqual(ERROR_CODES);
    for (const [code, { value }] of Object.entries(examples)) expect(value.error.code).toBe(code);
  });

  test('name their codes in each answer, under the status that the table gives them', () => {
    let seen = 0;
    for (const { method, path, responses } of operations)
      for (const [status, response] of Object.entries(responses)) {
        if (!path.startsWith('/v1/') || Number(status) < 400) continue;
        const { examples: named } = Listed.parse(response.content?.['application/json']);
        expect(Object.keys(named), `${method} ${path} ${status}`).not.toEqual([]);
        for (const [code, { $ref }] of Object.entries(named)) {
          expect($ref).toBe(`#/components/examples/${code}`);
          expect(Object.entries(ERRORS).find(([known]) => known === code)?.[1].status).toBe(
            Number(status),
          );
          seen += 1;
        }
      }
    expect(seen).toBeGreaterThan(100);
  });

  test('include those of the body wherever there is one', () => {
    const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(withBody.length).toBeGreaterThan(5);
    for (const { responses } of withBody)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '413', '415']));
  });
});

describe('events in the OpenAPI document', () => {
  const Union = z.object({
    oneOf: z.array(z.object({ $ref: z.string() })),
    discriminator: z.object({
      propertyName: z.literal('type'),
      mapping: z.record(z.string(), z.string()),
    }),
  });

  test('are one union by `type`, with a schema of its own for each type, under each of its names', () => {
    const { oneOf, discriminator } = Union.parse(document.components.schemas['WebhookEvent']);
    expect(oneOf).toHaveLength(EVENT_TYPES.length);
    const names = EVENT_TYPES.flatMap((type) => [type, ...aliasesOf(type)]);
    expect(Object.keys(discriminator.mapping)).toEqual(names);
    expect(discriminator.mapping).toMatchObject({
      'session.pairing_code': '#/components/schemas/SessionPairingCodeEvent',
      message_received: '#/components/schemas/MessageReceivedEvent',
    });
    for (const ref of Object.values(discriminator.mapping))
      expect(document.components.schemas).toHaveProperty(ref.split('/').at(-1) ?? '');
  });

  test('are what endpoints receive', () => {
    expect(document['webhooks']).toMatchObject({
      event: {
        post: {
          requestBody: {
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/WebhookEvent' } },
            },
          },
        },
      },
    });
  });
});

describe('schemas in the OpenAPI document', () => {
  test('have one name for each shape, and no two the same', () => {
    const shapes = [...shapesOf(document)];
    expect(shapes.length).toBeGreaterThan(150);
    expect(shapes.filter(([, places]) => places.length > 1).map(([, places]) => places)).toEqual(
      [],
    );
  });

  test('are named wherever they are a whole body or answer', () => {
    const bare = operations.flatMap(({ operationId, requestBody, responses }) =>
      [requestBody, ...Object.values(responses)]
        .map((part) => part?.content?.['application/json']?.schema)
        .filter((schema) => schema !== undefined && !JSON.stringify(schema).includes('"$ref"'))
        .map(() => operationId),
    );
    expect(bare).toEqual([]);
  });

  test('have null beside a name, not in conflict with it', () => {
    expect(document.components.schemas['Workspace']).toMatchObject({
      properties: {
        pacing: { anyOf: [{ $ref: '#/components/schemas/Pacing' }, { type: 'null' }] },
      },
    });
    const text = JSON.stringify(document);
    expect(text).not.toContain('{"type":["object","null"]}');
    expect(text).not.toContain('x-component');
  });
});

const ANNOTATIONS = ['description', 'example', 'examples'];

/** A schema without what is only said about it, in one order. */
function shapeOf(schema: unknown, isFields = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => JSON.stringify(shapeOf(part))).toSorted();
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key]) => isFields || !ANNOTATIONS.includes(key));
  const sorted = entries.toSorted(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(
    sorted.map(([key, value]) => [key, shapeOf(value, key === 'properties')]),
  );
}

/** The places of each shape of object in the document, null allowed or not. */
function shapesOf(whole: unknown): Map<string, string[]> {
  const shapes = new Map<string, string[]>();
  const visit = (node: unknown, place: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && 'type' in node && [node.type].flat().includes('object')) {
      const shape = JSON.stringify(shapeOf({ ...node, type: 'object' }));
      shapes.set(shape, [...(shapes.get(shape) ?? []), place]);
    }
    for (const [key, value] of Object.entries(node))
      if (!key.startsWith('example')) visit(value, `${place}/${key}`);
  };
  visit(whole, '');
  return shapes;
}
