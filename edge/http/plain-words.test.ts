import { z } from '@hono/zod-openapi';
import { describe, expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { plainWords } from './plain-words.ts';

/** What each thing that is wrong with a value is called, with its place where that is further inside. */
function wordsOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value, { error: plainWords });
  return (error?.issues ?? []).map(({ path, message }) => [...path, message].map(String).join(' '));
}

const text = z.string();
const forms = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('image') }),
]);

test.each<[string, z.ZodType, unknown]>([
  // What is missing.
  ['is required', text, undefined],
  ['to is required', z.object({ to: text }), {}],
  ['is required', z.enum(['live', 'sandbox']), undefined],
  ['is required', z.union([text, z.number()]), undefined],
  ['kind type is required', z.object({ kind: forms }), { kind: {} }],
  // Of another kind.
  ['must be a text', text, null],
  ['must be a number', z.number(), '5'],
  ['must be a number', z.coerce.number(), 'five'],
  ['must be a whole number', z.int(), 1.5],
  ['must be a whole number', z.coerce.number().int().min(0), 'five'],
  ['must be a whole number', z.int(), 'five'],
  ['must be a whole number', z.number().int(), 1.5],
  ['must be true or false', z.boolean(), 'yes'],
  ['must be a list', z.array(text), {}],
  ['must be a list', z.tuple([text]), 'a'],
  ['must be an object', z.object({}), []],
  ['must be an object', z.record(text, text), 'a'],
  ['must be null', z.null(), 1],
  ['must be a date', z.date(), 'today'],
  ['must be a Blob', z.instanceof(Blob), 1],
  ['0 to must be a text', z.array(z.object({ to: text })), [{ to: 1 }]],
  // Too little and too much.
  ['must be at least 2 characters', text.min(2), 'a'],
  ['must be at least 1 character', text.min(1), ''],
  ['must be at most 3 characters', text.max(3), 'abcd'],
  ['must be exactly 4 characters', text.length(4), 'abc'],
  ['must have at least 1 item', z.array(text).min(1), []],
  ['must have at most 2 items', z.array(text).max(2), ['', '', '']],
  ['must have exactly 2 items', z.array(text).length(2), ['']],
  ['must have at least 2 items', z.tuple([text, text]), ['']],
  ['must have at most 1 item', z.set(text).max(1), new Set(['a', 'b'])],
  ['must have at least 2 entries', z.map(text, text).min(2), new Map()],
  ['must be at most 1 byte', z.file().max(1), new File(['ab'], 'a')],
  ['must be at least 1', z.number().min(1), 0],
  ['must be at most 10', z.number().max(10), 11],
  ['must be more than 0', z.number().positive(), 0],
  ['must be less than 10', z.number().lt(10), 10],
  ['must be at least 1970-01-01T00:00:00.000Z', z.date().min(new Date(0)), new Date(-1)],
  ['must be a multiple of 5', z.number().multipleOf(5), 7],
  // Of another form.
  ['must be an email address', z.email(), 'a'],
  ['must be a URL', z.url(), 'a'],
  ['must be a UUID', z.uuid(), 'a'],
  ['must be an ISO 8601 time, as in 2026-12-01T09:00:00Z', z.iso.datetime(), 'a'],
  ['must be a date, as in 2026-12-01', z.iso.date(), 'a'],
  ['must be base64', z.base64(), '~'],
  ['must be an IPv4 address', z.ipv4(), 'a'],
  ['must be a valid ulid', z.ulid(), 'a'],
  ['must start with wp_', text.startsWith('wp_'), 'a'],
  ['must end with @g.us', text.endsWith('@g.us'), 'a'],
  ['must contain @', text.includes('@'), 'a'],
  ['must match the pattern /^\\d+$/', text.regex(/^\d+$/), 'a'],
  // Not one of those that may be.
  ['must be one of a, b, c', z.enum(['a', 'b', 'c']), 'd'],
  ['must be live', z.literal('live'), 'x'],
  ['must be one of "", null, 1', z.literal(['', null, 1]), 'x'],
  ['type must be one of text, image', forms, { type: 'song' }],
  ['`a` is not known here', z.strictObject({}), { a: 1 }],
  ['`a`, `b` are not known here', z.strictObject({}), { a: 1, b: 2 }],
  // None of the forms that a value may have.
  ['must be a text or a number', z.union([text, z.number()]), true],
  ['must be a text, a whole number or null', z.union([text, z.int(), z.null()]), true],
  ['must be a whole number or unlimited', z.union([z.int(), z.literal('unlimited')]), 'all'],
  ['`url` must be a text', z.union([text, z.object({ url: z.url() })]), { url: 1 }],
  ['`url` is required', z.union([text, z.strictObject({ url: text })]), {}],
  [
    '`a` is required, or `b` is required',
    z.union([z.object({ a: text }), z.object({ b: text })]),
    {},
  ],
  ['must be a text', z.union([text, text]), 1],
  ['fits more than one of the forms that it may have', z.xor([text, z.literal('a')]), 'a'],
  // Names and items of collections.
  ['long the name must be at most 1 character', z.record(text.max(1), text), { long: '' }],
  ['the name must be a text', z.map(text, z.int()), new Map([[true, 1]])],
  ['an item must be a whole number', z.map(z.object({}), z.int()), new Map([[{}, 'a']])],
  ['is not valid', z.custom(() => false), 1],
  ['is not valid', text.refine(() => false), 'a'],
])('%s (%#)', (words, schema, value) => {
  expect(wordsOf(schema, value)).toEqual([words]);
});

describe('what a schema says by itself stays', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['must be in the future', text.refine(() => false, 'must be in the future'), 'a'],
    ['must be a digit', text.regex(/^\d$/, 'must be a digit'), 'a'],
    ['must be the name of a color', z.string({ error: 'must be the name of a color' }), undefined],
    ['must be short', z.union([text.max(1, 'must be short'), z.null()]), 'long'],
    ['long the name must be short', z.record(text.max(1, 'must be short'), text), { long: '' }],
  ])('%s (%#)', (words, schema, value) => {
    expect(wordsOf(schema, value)).toEqual([words]);
  });
});

test('of many names that are not known, a few are said', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`n${n}`, 1]));
  expect(wordsOf(z.strictObject({}), many)).toEqual([
    '`n0`, `n1`, `n2`, `n3`, `n4` are not known here',
  ]);
});

test('a value is never said', () => {
  const secret = 'hunter2';
  const schemas = [
    z.number(),
    z.enum(['a', 'b']),
    z.literal('a'),
    z.email(),
    text.max(1),
    text.regex(/^\d$/),
    text.startsWith('a'),
    text.refine(() => false),
    z.union([z.number(), z.null(), text.max(1)]),
    z.discriminatedUnion('type', [z.object({ type: z.literal('a') })]),
  ];
  const said = schemas.map((schema) => wordsOf(schema, secret));
  expect(said.every(({ length }) => length > 0)).toBe(true);
  expect(JSON.stringify([said, wordsOf(forms, { type: secret })])).not.toContain(secret);
});

describe('a request that does not fit', async () => {
  const harness = await createHarness();

  test.each<[string, string, unknown, string, string]>([
    [
      'POST',
      '/v1/groups/120363012345678901@g.us/members',
      { members: [] },
      'members',
      'must have at least 1 item',
    ],
    ['POST', '/v1/groups/120363012345678901@g.us/members', {}, 'members', 'is required'],
    [
      'POST',
      '/v1/messages/text',
      { to: true, text: 'Hello' },
      'to',
      'must be a text or a whole number',
    ],
    ['POST', '/v1/sessions', { name: 'x', mode: 'dead' }, 'mode', 'must be one of live, sandbox'],
  ])('%s %s %j is told so', async (method, path, body, field, message) => {
    const { apiKey } = await harness.newWorkspace();
    expect(await harness.call(method, path, { key: apiKey, body })).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        message: `body.${field}: ${message}`,
        details: { fields: [{ in: 'body', field, message }] },
      },
    });
  });

  test('a source system says it in its own envelope', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { session: 'default', chatId: '15550100001@c.us', text: 5 };
    const answer = await harness.request('POST', '/compat/waha/api/sendText', { key, body });
    expect(await answer.json()).toMatchObject({ message: 'body.text: must be a text' });
  });
});
