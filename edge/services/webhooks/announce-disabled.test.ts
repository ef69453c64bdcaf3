import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { mailbox } from '../../testing/mailbox.ts';
import { receiverUrl } from '../../testing/receiver.ts';
import { attempted, deliveryWorld } from '../deliveries/testing/delivery-world.ts';
import { newEndpoint } from '../reports/testing/report-fixtures.ts';
import { announceDisabled } from './announce-disabled.ts';

let harness: Harness;
beforeAll(async () => {
  // QStash calls the receiver in the Worker's place.
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

const reason = 'the receiver answered 410 Gone';

/** An endpoint that was switched off, beside one that is not, with two owners and a member. */
async function newDisabled(disabledAt = new Date()) {
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const second = await harness.newUser({ workspaceId, role: 'owner' });
  const member = await harness.newUser({ workspaceId, role: 'member' });
  const other = await newEndpoint(harness, owner);
  const state = { isActive: false, disabledReason: reason, disabledAt, unannounced: true };
  const id = await newEndpoint(harness, owner, { description: 'Orders', ...state });
  const events = async () =>
    (await harness.call('GET', '/v1/events?types=webhook.disabled', { key: owner.token })).data;
  const endpoint = async () => {
    const { webhookEndpoints } = harness.schema;
    const [row] = await harness.db
      .select()
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.id, id));
    return row;
  };
  return { owner, second, member, other, id, events, endpoint, disabledAt };
}

const mails = async ({ email }: { email: string }) =>
  (await mailbox(harness.env).list(email)).map(({ subject, text }) => ({ subject, text }));

describe('an endpoint that was switched off because of its receiver', () => {
  it('is said once: to the owners by mail, to the other endpoints by an event', async () => {
    const world = await newDisabled();
    await Promise.all([announceDisabled(harness.services()), announceDisabled(harness.services())]);
    await announceDisabled(harness.services());
    expect(await world.events()).toMatchObject([
      {
        type: 'webhook.disabled',
        sessionId: null,
        data: {
          webhookId: world.id,
          description: 'Orders',
          reason,
          disabledAt: world.disabledAt.toISOString(),
        },
      },
    ]);
    const { deliveries } = harness.schema;
    const rows = await harness.db
      .select({ endpointId: deliveries.endpointId })
      .from(deliveries)
      .where(eq(deliveries.workspaceId, world.owner.workspaceId));
    expect(rows).toEqual([{ endpointId: world.other }]);
    for (const owner of [world.owner, world.second])
      expect(await mails(owner)).toEqual([
        {
          subject: 'A webhook endpoint was switched off',
          text: expect.stringContaining(reason),
        },
      ]);
    expect(await mails(world.member)).toEqual([]);
    expect(await world.endpoint()).toMatchObject({ unannounced: false });
  });

  it('is said from the answer on: 410, then an event for the others and a mail', async () => {
    const { newDelivery, call } = deliveryWorld(harness);
    const { session, inbox, endpointId } = await newDelivery();
    const { workspaceId, apiKey: key } = session;
    const owner = await harness.newUser({ workspaceId, role: 'owner' });
    const other = await newEndpoint(harness, session);
    await inbox.script({ status: 410 });
    expect(await call(endpointId)).toEqual(attempted('failed'));
    await announceDisabled(harness.services());
    const { data } = await harness.call('GET', '/v1/events?types=webhook.disabled', { key });
    expect(data).toMatchObject([{ data: { webhookId: endpointId, reason } }]);
    const query = '?types=webhook.disabled';
    for (const [id, count] of [
      [endpointId, 0],
      [other, 1],
    ] as const) {
      const log = await harness.call('GET', `/v1/webhooks/${id}/deliveries${query}`, { key });
      expect(log.data).toHaveLength(count);
    }
    expect(await mails(owner)).toMatchObject([{ text: expect.stringContaining(reason) }]);
  });

  it('is mailed about when the provider is back, and not after a day', async () => {
    const world = await newDisabled();
    const late = await newDisabled(new Date(Date.now() - 25 * 3_600_000));
    const down = await createHarness({ MAIL_URL: 'http://127.0.0.1:9' });
    await announceDisabled({ ...harness.services(), mailer: down.services().mailer });
    expect(await world.events()).toHaveLength(1);
    expect(await world.endpoint()).toMatchObject({ unannounced: true });
    expect(await late.endpoint()).toMatchObject({ unannounced: false });
    await announceDisabled(harness.services());
    expect(await mails(world.owner)).toHaveLength(1);
    expect(await mails(late.owner)).toEqual([]);
    expect(await world.events()).toHaveLength(1);
    expect(await world.endpoint()).toMatchObject({ unannounced: false });
  });
});
