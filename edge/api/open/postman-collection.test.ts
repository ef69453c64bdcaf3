import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SYSTEMS } from '../../compat/systems.ts';
import { createHarness } from '../../testing/harness.ts';
import { readDocument } from '../../testing/openapi.ts';

const harness = await createHarness();
const Collection = z.strictObject({
  info: z.strictObject({ name: z.string(), description: z.string(), schema: z.url() }),
  auth: z.looseObject({ type: z.literal('bearer') }),
  variable: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  item: z.array(
    z.strictObject({
      name: z.string(),
      request: z.looseObject({
        method: z.string(),
        auth: z.looseObject({ type: z.string() }).optional(),
        url: z.looseObject({
          raw: z.string(),
          variable: z.array(z.looseObject({ key: z.string() })),
        }),
        body: z.looseObject({ raw: z.string() }).optional(),
      }),
      response: z.tuple([]),
    }),
  ),
});

describe.each(SYSTEMS.map(({ name }) => name))('the collection of %s', (name) => {
  test('has a request for each operation of its document, with the example as its body', async () => {
    const read = async (path: string): Promise<unknown> =>
      (await harness.request('GET', path)).json();
    const { operations } = readDocument(await read(`/openapi/${name}.json`));
    const { item, variable } = Collection.parse(await read(`/postman/${name}.json`));
    expect(item.map(({ request: { method, url } }) => `${method} ${url.raw}`)).toEqual(
      operations.map(
        ({ method, path }) => `${method} {{baseUrl}}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    for (const [at, { requestBody }] of operations.entries()) {
      const example = requestBody?.content?.['application/json']?.example;
      const sent = item[at]?.request.body?.raw;
      expect(sent === undefined ? undefined : JSON.parse(sent)).toEqual(example);
    }
    expect(variable).toEqual([
      { key: 'baseUrl', value: new URL(harness.env.BASE_URL).origin },
      { key: 'apiKey', value: '' },
      ...(name === 'queue'
        ? [
            { key: 'adminUsername', value: 'admin' },
            { key: 'adminPassword', value: '' },
          ]
        : []),
    ]);
  });

  test('sends the password of the administration where its document says so', async () => {
    const read = async (path: string): Promise<unknown> =>
      (await harness.request('GET', path)).json();
    const document = await read(`/openapi/${name}.json`);
    const { item } = Collection.parse(await read(`/postman/${name}.json`));
    const withPassword = item.filter(({ request }) => request.auth?.type === 'basic');
    const isOfQueue = name === 'queue';
    expect(withPassword.map(({ request: { url } }) => url.raw)).toEqual(
      item.map(({ request: { url } }) => url.raw).filter((url) => /}}\/(api\/)?admin/.test(url)),
    );
    expect(withPassword.length > 0).toBe(isOfQueue);
    const { securitySchemes } = Object(Object(document).components);
    expect(Object(securitySchemes).adminPassword?.scheme).toBe(isOfQueue ? 'basic' : undefined);
  });
});

test('the collection of the public API is served, and has a request for each of its operations', async () => {
  const read = async (path: string): Promise<unknown> =>
    (await harness.request('GET', path)).json();
  const { operations } = readDocument(await read('/openapi.json'));
  const { item } = Collection.parse(await read('/postman.json'));
  expect(operations.length).toBeGreaterThan(180);
  expect(item.map(({ request: { method, url } }) => `${method} ${url.raw}`)).toEqual(
    operations.map(
      ({ method, path }) => `${method} {{baseUrl}}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
});
