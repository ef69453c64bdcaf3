import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deliveryWorld } from '../../services/deliveries/testing/delivery-world.ts';
import { newOwnedSession } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';

const harness = await createHarness();
const { newDelivery, happen, call, makeDue } = deliveryWorld(harness);

describe('GET /v1/deliveries/:id', () => {
  it('shows what each attempt sent and got, and no value of the endpoint’s own headers', async () => {
    const { session, inbox, id, endpointId } = await newDelivery({
      headers: { authorization: 'Bearer theirs' },
    });
    await inbox.script({ status: 500, body: 'sorry' }, { status: 200 });
    await call(endpointId);
    await makeDue(id);
    await call(endpointId);
    const { data } = await harness.call('GET', `/v1/deliveries/${id}`, { key: session.apiKey });
    const sent = await inbox.received();
    expect(data).toMatchObject({
      id,
      webhookId: endpointId,
      sessionId: session.sessionId,
      eventType: 'message.received',
      status: 'delivered',
      attempts: [
        { attemptNo: 1, statusCode: 500, responseExcerpt: 'sorry', error: 'HTTP 500' },
        { attemptNo: 2, statusCode: 200, error: null },
      ],
    });
    expect(JSON.stringify(data)).not.toContain('theirs');
    const { attempts } = z
      .object({ attempts: z.array(z.object({ requestHeaders: z.record(z.string(), z.string()) })) })
      .parse(data);
    for (const [index, { requestHeaders }] of attempts.entries()) {
      expect(requestHeaders).toMatchObject({
        authorization: '***',
        'content-type': 'application/json',
        'user-agent': 'Waypost-Webhooks/1',
      });
      expect(requestHeaders['webhook-signature']).toBe(sent[index]?.headers['webhook-signature']);
      expect(() =>
        new Webhook('whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0').verify(
          sent[index]?.body ?? '',
          requestHeaders,
        ),
      ).not.toThrow();
    }
  });
});

describe('the log of deliveries', () => {
  it('is narrowed by status, type, session and time', async () => {
    const { session, inbox, endpointId } = await newDelivery({ retryDelays: [] });
    const { workspaceId, apiKey: key } = session;
    await inbox.script({ status: 500 }, { status: 200 });
    await call(endpointId);
    const second = await harness.newSession({ workspaceId });
    await happen(session, 'EV2');
    await harness.db.execute(
      sql`update events set session_id = ${second.id} where workspace_id = ${workspaceId} and seq = 2`,
    );
    await call(endpointId);
    await harness.call('POST', `/v1/webhooks/${endpointId}/test`, { key });
    const search = async (query: string) => {
      const { data } = await harness.call('GET', `/v1/webhooks/${endpointId}/deliveries?${query}`, {
        key,
      });
      return z
        .array(z.object({ eventSeq: z.number() }))
        .parse(data)
        .map((row) => row.eventSeq);
    };
    const [past, future] = [-1, 1].map((by) => new Date(Date.now() + by * 60_000).toISOString());
    expect(await search('')).toEqual([3, 2, 1]);
    expect(await search('status=failed')).toEqual([1]);
    expect(await search(`sessionId=${session.sessionId}`)).toEqual([1]);
    expect(await search(`sessionId=${second.name}`)).toEqual([2]);
    expect(await search('types=message_received')).toEqual([2, 1]);
    expect(await search('types=webhook.*,message.sent')).toEqual([3]);
    expect(await search(`types=message.*&status=delivered&since=${past}`)).toEqual([2]);
    expect(await search(`until=${past}`)).toEqual([]);
    expect(await search(`since=${future}`)).toEqual([]);
    expect(await search(`since=${past}&until=${future}`)).toEqual([3, 2, 1]);
  });

  it('knows no session of another workspace', async () => {
    const { session, endpointId } = await newDelivery();
    const stranger = await newOwnedSession(harness);
    const path = `/v1/webhooks/${endpointId}/deliveries?sessionId=${stranger.sessionId}`;
    expect(await harness.call('GET', path, { key: session.apiKey })).toMatchObject({
      status: 404,
      error: { code: 'SESSION_NOT_FOUND' },
    });
  });
});
