import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { runCron } from '../../jobs/cron.ts';
import { createHarness } from '../../testing/harness.ts';
import { receiverUrl } from '../../testing/receiver.ts';
import { deliveryWorld } from '../deliveries/testing/delivery-world.ts';

const harness = await createHarness({ BASE_URL: receiverUrl() });
const { newDelivery, happen, call, makeDue } = deliveryWorld(harness);

const healthOf = async (key: string, id: string) =>
  Object((await harness.call('GET', `/v1/webhooks/${id}`, { key })).data).health;

const NEVER = { attempts: 0, successShare: null, p95Ms: null };

describe('the health of an endpoint', () => {
  it('counts its attempts as they come, in the list too', async () => {
    const { session, inbox, endpointId, id } = await newDelivery();
    const { apiKey } = session;
    expect(await healthOf(apiKey, endpointId)).toEqual({ status: 'healthy', ...NEVER });
    await inbox.script({ status: 500 }, { status: 200 });
    await call(endpointId);
    await makeDue(id);
    await happen(session, 'EV2', 'EV3');
    await call(endpointId);
    const health = {
      status: 'healthy',
      attempts: 4,
      successShare: 0.75,
      p95Ms: expect.any(Number),
    };
    expect(await healthOf(apiKey, endpointId)).toEqual(health);
    const { data } = await harness.call('GET', '/v1/webhooks', { key: apiKey });
    expect(data).toMatchObject([{ id: endpointId, health }]);
  });

  it('is failing after three failed attempts in a row, healthy after a success, disabled when off', async () => {
    const { session, inbox, endpointId, id } = await newDelivery();
    const statuses: unknown[] = [];
    await inbox.script({ status: 500 }, { status: 500 }, { status: 500 }, { status: 200 });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await makeDue(id);
      await call(endpointId);
      statuses.push(await healthOf(session.apiKey, endpointId));
    }
    await harness.call('PATCH', `/v1/webhooks/${endpointId}`, {
      key: session.apiKey,
      body: { isActive: false },
    });
    statuses.push(await healthOf(session.apiKey, endpointId));
    expect(statuses).toMatchObject([
      { status: 'healthy', successShare: 0 },
      { status: 'healthy' },
      { status: 'failing', successShare: 0, attempts: 3 },
      { status: 'healthy', successShare: 0.25 },
      { status: 'disabled', attempts: 4 },
    ]);
  });

  it('leaves out attempts that we refused to make', async () => {
    const { session, endpointId } = await newDelivery({ url: 'http://169.254.169.254/' });
    await call(endpointId);
    expect(await healthOf(session.apiKey, endpointId)).toEqual({ status: 'healthy', ...NEVER });
  });

  it('is of one day: older hours are left out, and deleted', async () => {
    const { session, endpointId } = await newDelivery();
    const { webhookHealth } = harness.schema;
    const hours = [1, 20, 26, 50];
    // 94 of 100 attempts took about 10 ms, the others about a second.
    const counts = [
      { latencyClass: 13, succeeded: 94, failed: 0 },
      { latencyClass: 38, succeeded: 1, failed: 5 },
    ];
    await harness.db.insert(webhookHealth).values(
      hours.flatMap((ago) =>
        counts.map((one) => ({
          endpointId,
          hour: sql`date_trunc('hour', now()) - make_interval(hours => ${ago}::int)`,
          ...one,
        })),
      ),
    );
    const health = await healthOf(session.apiKey, endpointId);
    expect(health).toMatchObject({ attempts: 200, successShare: 0.95 });
    const { p95Ms } = Object(health);
    expect(p95Ms).toBeGreaterThan(900);
    expect(p95Ms).toBeLessThan(1_100);
    await runCron(harness.services());
    const left = await harness.db
      .select()
      .from(webhookHealth)
      .where(eq(webhookHealth.endpointId, endpointId));
    expect(left).toHaveLength(4);
  });
});
