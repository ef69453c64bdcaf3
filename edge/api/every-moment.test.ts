import { describe, expect, test } from 'vitest';
import { callOperation, momentPositions } from '../testing/battery.ts';
import { unknownIds } from '../testing/things.ts';
import { createHarness } from '../testing/harness.ts';
import { listOperations } from '../testing/listed-operations.ts';

/* Every place of the OpenAPI document that takes a time, so that a new one is held to the table from its first day. */
const harness = await createHarness();
const { document, all } = await listOperations(harness);
const operations = all.map(({ operation }) => operation);
const { apiKey } = await harness.newWorkspace({ perMinute: 10_000 });

const doors = operations.flatMap((operation) =>
  momentPositions(operation, document).map((position) => ({
    operation,
    position,
    name: `${operation.method} ${operation.path} ${position.name}`,
  })),
);

test('there are these', () => {
  expect(doors.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'POST /v1/messages/text sendAt',
      'POST /v1/messages/image sendAt',
      'POST /v1/messages/{id}/reply sendAt',
      'POST /v1/keys expiresAt',
      'PATCH /v1/keys/{id} expiresAt',
      'GET /v1/audit since',
      'GET /v1/audit/export until',
    ]),
  );
});

describe.each(doors)('$name', ({ operation, position }) => {
  test.each([
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2026-12-01T09:00:00+16:00',
    '2026-12-01T09:00:00-23:59',
    '9999-12-31T23:59:59-01:00',
    '+033658-09-27T01:46:39Z',
    '2026-02-30T00:00:00Z',
    '2026-12-01T09:00:00',
    '2026-12-01',
    '1764580000',
    '',
  ])('refuses "%s"', async (value) => {
    const extra = { ...position, value };
    const answer = await callOperation(harness, operation, unknownIds(), { key: apiKey }, extra);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: position.in, field: position.name }] },
      },
    });
  });
});
