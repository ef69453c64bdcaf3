import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_ALIASES, EVENT_TYPES, EVENTS } from '../../../shared/catalogue/events/index.ts';
import { parseExactEvent } from '../../../shared/testing/exact-event.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
let key: string;
beforeAll(async () => {
  harness = await createHarness();
  key = (await harness.newWorkspace({ scopes: ['events:read'] })).apiKey;
});

const sample = (name: string) => harness.call('GET', `/v1/events/samples/${name}`, { key });

describe('GET /v1/events/samples/:type', () => {
  it.each([...EVENT_TYPES.map((type) => [type, type] as const), ...EVENT_ALIASES])(
    'gives one of %s',
    async (name, type) => {
      const { status, data } = await sample(name);
      expect(status).toBe(200);
      expect(parseExactEvent(data)).toMatchObject({ type: name, data: EVENTS[type].example });
    },
  );

  it.each(['message.seen', 'message.*', '*'])('says for %s which types there are', async (name) => {
    expect(await sample(name)).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND', details: { types: EVENT_TYPES } },
    });
  });

  it('needs the scope', async () => {
    const { apiKey } = await harness.newWorkspace({ scopes: ['messages:send'] });
    const answer = await harness.call('GET', '/v1/events/samples/message.sent', { key: apiKey });
    expect(answer).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });
});
