import { expect, test } from 'vitest';
import { z } from 'zod';
import { nearName } from '../../http/near-name.ts';
import { createHarness } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { type ListedOperation, readDocument } from '../../testing/openapi.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { NODE_CALLS } from './testing/node-calls.ts';

/* Whatever n8n's node for WAHA can call is here, and takes what it sends. */
const harness = await createHarness();
const call = plainCall(harness);
const answer = await harness.request('GET', '/openapi/waha.json');
const { document, operations } = readDocument(await answer.json());

const isParameter = (part: string): boolean => part.startsWith('{');
/** Parameters of ours that stand for one of several words. */
const WORDS: ReadonlySet<string> = new Set(['{by}', '{kind}']);
/** Where its former version has lost the id of a channel, this comes in place of it. */
const AS_ID: ReadonlySet<string> = new Set(['follow', 'unfollow', 'mute', 'unmute']);
const fits = (ours: string, its: string): boolean =>
  ours === its ||
  WORDS.has(ours) ||
  (ours === '{id}' && AS_ID.has(its)) ||
  (isParameter(ours) && isParameter(its));

/** Our route of a call. The names of parameters in its path may differ. */
function routeOf(called: string): ListedOperation | undefined {
  const [method = '', path = ''] = called.split(' ');
  const its = path.split('/');
  return operations.find((one) => {
    const ours = one.path.replace('/compat/waha', '').split('/');
    return (
      one.method === method &&
      ours.length === its.length &&
      ours.every((part, at) => fits(part, its[at] ?? ''))
    );
  });
}

/** Names, and those of them that a caller has to give. */
type Names = { all: string[]; needed: string[] };

function itsNames(written = ''): Names {
  const names = written.split(' ').filter((name) => name !== '');
  return {
    all: names.map((name) => name.replace('?', '')),
    needed: names.filter((name) => !name.endsWith('?')),
  };
}

const Schema = z.looseObject({
  $ref: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});
function namesIn(given: unknown): Names {
  const { $ref, properties, required } = Schema.parse(given ?? {});
  const target = $ref?.split('/').at(-1);
  if (target !== undefined) return namesIn(document.components.schemas[target]);
  return { all: Object.keys(properties), needed: required };
}
const bodyOf = ({ requestBody }: ListedOperation): Names =>
  namesIn(requestBody?.content?.['application/json']?.schema);

const Parameters = z
  .array(z.looseObject({ in: z.string(), name: z.string(), required: z.boolean().default(false) }))
  .default([]);
function queryOf(operation: ListedOperation): Names {
  const query = Parameters.parse(operation['parameters']).filter((one) => one.in === 'query');
  return {
    all: query.map(({ name }) => name),
    needed: query.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** What a caller may leave out there, and no call makes sense without. */
const NEEDED_HERE: Readonly<Record<string, string[]>> = {
  'POST /api/{session}/status/delete': ['id'],
};

/** What is refused of a call that has all names: one that ours asks for besides, and one that is taken for a misspelling. */
function refusedOf(called: string, its: Names, ours: Names): string[] {
  const given = [...its.needed, ...(NEEDED_HERE[called] ?? [])];
  const absent = ours.all.filter((name) => !its.all.includes(name));
  const unknown = its.all.filter((name) => !ours.all.includes(name));
  return [
    ...ours.needed.filter((name) => !given.includes(name)),
    ...unknown.filter((name) => nearName(name, absent) !== null),
  ];
}

const isRefusal = ({ responses }: ListedOperation): boolean =>
  !Object.keys(responses).some((status) => /^[12]/.test(status));

test.each(NODE_CALLS.map(([called, ...names]) => ({ called, names })))(
  '$called has a route that takes its names',
  ({ called, names: [body, query] }) => {
    const route = routeOf(called);
    if (route === undefined) throw new Error('there is no such route');
    if (isRefusal(route)) return;
    expect(refusedOf(called, itsNames(body), bodyOf(route))).toEqual([]);
    expect(refusedOf(called, itsNames(query), queryOf(route))).toEqual([]);
  },
);

test('names that are not used are ignored, and the answer has them', async () => {
  const { apiKey: key } = await liveSession(harness, { name: 'default' });
  const path = '/compat/waha/api/default/status/text';
  const [, names] =
    NODE_CALLS.find(([called]) => called === 'POST /api/{session}/status/text') ?? [];
  const said = { text: 'Open', backgroundColor: '#38b42f', font: 0 };
  const body = { ...Object.fromEntries(itsNames(names).all.map((name) => [name, null])), ...said };
  const { status, headers } = await call('POST', path, { key, body });
  expect(status).toBe(201);
  expect(headers.get('waypost-ignored')?.split(', ').toSorted()).toEqual([
    'contacts',
    'id',
    'linkPreview',
    'linkPreviewHighQuality',
  ]);
});
