import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHarness } from '../../testing/harness.ts';
import { deliveryWorld } from '../deliveries/testing/delivery-world.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newOutbound, type OwnedSession, received } from '../reports/testing/report-fixtures.ts';
import { expireContent } from './expire-content.ts';
import { resealContent } from './reseal-content.ts';

const harness = await createHarness();
const { db } = harness;
const { newDelivery, call, makeDue } = deliveryWorld(harness);

/** What time would do to all that a workspace has. */
const age = async ({ workspaceId }: OwnedSession, by: string): Promise<void> => {
  for (const table of ['messages', 'events'])
    await db.execute(sql`update ${sql.identifier(table)} set created_at = created_at - ${by}::interval
      where workspace_id = ${workspaceId}`);
};

const keep = (session: OwnedSession, contentRetentionDays: number) =>
  harness.call('PATCH', '/v1/workspace', {
    key: session.apiKey,
    body: { contentRetentionDays },
  });

const Message = z.object({
  content: z.object({ text: z.string().optional() }),
  contentExpiredAt: z.string().nullable(),
});
const Event = z.object({
  data: z.object({ text: z.string().nullable(), messageId: z.string() }),
  contentExpiredAt: z.string().optional(),
});

async function shown({ apiKey: key }: OwnedSession) {
  const messages = await harness.call('GET', '/v1/messages', { key });
  const events = await harness.call('GET', '/v1/events?types=message.received', { key });
  const [message] = z.array(Message).parse(messages.data);
  const [event] = z.array(Event).parse(events.data);
  return {
    message: {
      text: message?.content.text,
      expired: typeof message?.contentExpiredAt === 'string',
    },
    event: { text: event?.data.text, expired: event?.contentExpiredAt !== undefined },
  };
}

const KEPT = { text: 'hi', expired: false };
const GONE = { text: undefined, expired: true };
const NULLED = { text: null, expired: true };
const run = () => expireContent(harness.services());

describe('content', () => {
  it('is kept for the days that the workspace says, and then erased from messages and events', async () => {
    const { session, endpointId } = await newDelivery();
    await keep(session, 3);
    await call(endpointId);
    await age(session, '71 hours');
    await run();
    expect(await shown(session)).toEqual({ message: KEPT, event: KEPT });
    await age(session, '2 hours');
    await run();
    await run();
    expect(await shown(session)).toEqual({ message: GONE, event: NULLED });
  });

  it('of an event stays while an endpoint is still to get it, and what is delivered again says that it has expired', async () => {
    const { session, endpointId, id, inbox } = await newDelivery();
    await keep(session, 0);
    await inbox.script({ status: 500, body: 'sorry' }, { status: 200 });
    await call(endpointId);
    await age(session, '11 minutes');
    await run();
    expect(await shown(session)).toEqual({ message: GONE, event: KEPT });
    await makeDue(id);
    await call(endpointId);
    await run();
    expect(await shown(session)).toEqual({ message: GONE, event: NULLED });
    const { apiKey: key } = session;
    await harness.call('POST', `/v1/deliveries/${id}/redeliver`, { key });
    await call(endpointId);
    const bodies = (await inbox.received()).map(({ body }) => Event.parse(JSON.parse(body)));
    expect(bodies.map(({ data }) => data.text)).toEqual(['hi', 'hi', null]);
    expect(bodies.map((body) => body.contentExpiredAt !== undefined)).toEqual([false, false, true]);
    const { data } = await harness.call('GET', `/v1/deliveries/${id}`, { key });
    expect(JSON.stringify(data)).not.toContain('sorry');
  });

  it('is kept for ten minutes at least, and of what is still to be sent', async () => {
    const { session, endpointId } = await newDelivery();
    await keep(session, 0);
    await call(endpointId);
    await age(session, '9 minutes');
    await run();
    expect(await shown(session)).toEqual({ message: KEPT, event: KEPT });
    const queued = await newOutbound(harness, session, { status: 'queued' });
    await age(session, '1 day');
    await run();
    const { data } = await harness.call('GET', `/v1/messages/${queued}`, { key: session.apiKey });
    expect(data).toMatchObject({ content: { text: 'hello' }, contentExpiredAt: null });
  });

  it('that is gone is not forwarded, and is not brought back by an edit or a reaction', async () => {
    const { session, endpointId } = await newDelivery();
    await keep(session, 0);
    await call(endpointId);
    await age(session, '1 day');
    await run();
    const { apiKey: key } = session;
    const { data } = await harness.call('GET', '/v1/messages', { key });
    const [{ id }] = z.tuple([z.object({ id: z.string() })]).parse(data);
    const body = { to: '+15550100001' };
    const forwarded = await harness.call('POST', `/v1/messages/${id}/forward`, { key, body });
    expect(forwarded).toMatchObject({
      status: 409,
      error: { details: { reason: 'content_expired' } },
    });
    const { wireId, chatId, from, timestamp } = received('EV1');
    await ingestReports({
      services: harness.services(),
      runnerId: session.runnerId,
      reports: [
        session.spool({
          kind: 'message.edited',
          wireId,
          chatId,
          fromMe: false,
          text: 'new',
          timestamp,
        }),
        session.spool({
          kind: 'message.reaction',
          wireId,
          chatId,
          from,
          fromMe: false,
          emoji: '👍',
          timestamp,
        }),
      ],
    });
    expect((await harness.call('GET', `/v1/messages/${id}`, { key })).data).toMatchObject({
      content: {},
      reactions: [],
    });
  });
});

it('what was written in clear before is sealed by a job, and reads the same', async () => {
  const { session } = await newDelivery();
  const clear = await newOutbound(harness, session);
  const { rows: before } = await db.execute(
    sql`select content::text as text from messages where id = ${clear}`,
  );
  expect(String(before[0]?.['text'])).toContain('hello');
  await resealContent(harness.services());
  await resealContent(harness.services());
  const { rows } = await db.execute(
    sql`select content::text as text from messages where id = ${clear}`,
  );
  expect(String(rows[0]?.['text'])).not.toContain('hello');
  const { data } = await harness.call('GET', `/v1/messages/${clear}`, { key: session.apiKey });
  expect(data).toMatchObject({ content: { type: 'text', text: 'hello', linkPreview: true } });
  const { rows: endpoints } = await db.execute(
    sql`select secret from webhook_endpoints where workspace_id = ${session.workspaceId}`,
  );
  expect(String(endpoints[0]?.['secret'])).toMatch(/^sealed:/);
});
