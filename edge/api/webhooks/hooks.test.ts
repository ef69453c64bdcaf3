import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCron } from '../../jobs/cron.ts';
import { createHarness } from '../../testing/harness.ts';
import { HOOK_URL, idOf, webhookClient } from './testing/webhook-client.ts';

const harness = await createHarness();
const { call, list, create } = webhookClient(harness);

/** What a client of REST hooks looks at: the status, and `id` of the body. */
async function subscribe(key: string, body: object = {}) {
  const response = await harness.request('POST', '/v1/hooks', {
    key,
    body: { url: HOOK_URL, eventTypes: ['message.received'], ...body },
  });
  const answer = z
    .object({ id: z.string().optional(), data: z.record(z.string(), z.unknown()).optional() })
    .parse(await response.json());
  return { status: response.status, ...answer };
}
const unsubscribe = (key: string, id = '') => harness.call('DELETE', `/v1/hooks/${id}`, { key });

describe('a REST hook', () => {
  it('has its id at the top level, and is an endpoint like others, whose secret is not shown', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const { status, id = '', data } = await subscribe(key);
    expect(status).toBe(201);
    expect(data).toMatchObject({ id, url: HOOK_URL, eventTypes: ['message.received'] });
    expect(data).not.toHaveProperty('secret');
    expect(await list(key)).toEqual([data]);
  });

  it('is one, however often and by how many at once it is subscribed; other events or sessions are another', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId });
    const eventTypes = ['message.sent', 'message.received'];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => subscribe(key, { eventTypes })),
    );
    answers.push(await subscribe(key, { eventTypes: eventTypes.toReversed() }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await subscribe(key, { eventTypes: ['message.sent'] });
    await subscribe(key, { eventTypes, sessionIds: [session.id] });
    await subscribe(key, { eventTypes, sessionIds: [session.name] });
    await subscribe(key, { eventTypes, url: `${HOOK_URL}/2` });
    expect(await list(key)).toHaveLength(4);
  });

  it('is apart from endpoints with the same URL, and from those of other keys’ reach', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const { apiKey: test } = await harness.newKey(workspaceId, { mode: 'test' });
    const body = { eventTypes: ['message.received'] };
    const plain = [await create(key, body), await create(key, body)].map(idOf);
    const { id } = await subscribe(key);
    const { id: ofTest } = await subscribe(test);
    expect(new Set([...plain, id, ofTest]).size).toBe(4);
    expect(await unsubscribe(key, plain[0])).toMatchObject({ status: 200 });
    expect(await list(key)).toHaveLength(4);
  });

  it('is switched on again by the next subscription', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const { id } = await subscribe(key);
    await call('PATCH', `/${id}`, { key, body: { isActive: false } });
    expect(await subscribe(key)).toMatchObject({
      id,
      data: { isActive: true, disabledReason: null, disabledAt: null },
    });
  });

  it('is unsubscribed as often as one likes, by its own workspace', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const { apiKey: stranger } = await harness.newWorkspace();
    const { id } = await subscribe(key);
    const gone = { status: 200, data: { id, deleted: true } };
    expect(await unsubscribe(stranger, id)).toMatchObject(gone);
    expect(await list(key)).toHaveLength(1);
    for (let time = 0; time < 2; time += 1) expect(await unsubscribe(key, id)).toMatchObject(gone);
    expect(await list(key)).toEqual([]);
  });

  it('is deleted a week after it was switched off, unlike other endpoints', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const [old, fresh, plain] = [
      (await subscribe(key)).id,
      (await subscribe(key, { url: `${HOOK_URL}/fresh` })).id,
      idOf(await create(key)),
    ];
    const { webhookEndpoints } = harness.schema;
    for (const [id, days] of [
      [old, 8],
      [fresh, 6],
      [plain, 8],
    ] as const)
      await harness.db
        .update(webhookEndpoints)
        .set({ isActive: false, disabledAt: sql`now() - make_interval(days => ${days}::int)` })
        .where(eq(webhookEndpoints.id, id ?? ''));
    await runCron(harness.services());
    expect(z.array(z.object({ id: z.string() })).parse(await list(key))).toMatchObject([
      { id: fresh },
      { id: plain },
    ]);
  });
});
