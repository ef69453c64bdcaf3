import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const create = (by: string, body: Record<string, unknown> = {}): Promise<Answer> =>
  harness.call('POST', '/v1/keys', {
    key: by,
    body: { name: 'made', scopes: ['sessions:read', 'keys:*'], ...body },
  });
const keyOf = ({ data }: Answer): string => z.object({ key: z.string() }).parse(data).key;
describe('requests a minute', () => {
  test('are no more than the key has that gives them', async () => {
    const { apiKey, keyId } = await harness.newWorkspace({ perMinute: 100 });
    const beyond = { status: 403, error: { code: 'FORBIDDEN', details: { field: 'perMinute' } } };
    expect(await create(apiKey, { perMinute: 101 })).toMatchObject(beyond);
    const patch = { key: apiKey, body: { perMinute: 101 } };
    expect(await harness.call('PATCH', `/v1/keys/${keyId}`, patch)).toMatchObject(beyond);
    expect(await create(apiKey, { perMinute: 100 })).toMatchObject({ status: 201 });
    const slow = await create(apiKey, { perMinute: 10 });
    expect(await create(keyOf(slow), { perMinute: null })).toMatchObject(beyond);
  });

  test('above the tier’s do not keep a person from rotating the key', async () => {
    const owner = await harness.newUser();
    const made = await create(owner.token, { perMinute: 6_000 });
    await harness.db
      .update(harness.schema.workspaces)
      .set({ tier: 'basic' })
      .where(eq(harness.schema.workspaces.id, owner.workspaceId));
    const rotated = await harness.call('POST', `/v1/keys/${idOf(made)}/rotate`, {
      key: owner.token,
    });
    expect(rotated).toMatchObject({ status: 200, data: { key: expect.any(String) } });
  });

  test.each([
    ['basic', 600, 403],
    ['pro', 6_000, 403],
    ['max', 60_000, 422],
  ] as const)('are at most those of the tier: %s', async (tier, most, refused) => {
    const owner = await harness.newUser();
    await harness.db
      .update(harness.schema.workspaces)
      .set({ tier })
      .where(eq(harness.schema.workspaces.id, owner.workspaceId));
    expect(await create(owner.token, { perMinute: most })).toMatchObject({ status: 201 });
    const more = await create(owner.token, { perMinute: most + 1 });
    expect(more).toMatchObject({ status: refused });
  });
});
