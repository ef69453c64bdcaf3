import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness, idOf } from '../testing/harness.ts';
import { newInbox } from '../testing/receiver.ts';
import { ownedSession } from '../testing/owned-session.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

const Span = z.looseObject({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
});
const Scopes = z.looseObject({ scopeSpans: z.tuple([z.looseObject({ spans: z.array(Span) })]) });
const Sent = z.object({ resourceSpans: z.tuple([Scopes]) });

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** A collector of its own, for the requests that are made with `env`. */
function newCollector() {
  const name = crypto.randomUUID();
  const inbox = newInbox(name);
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: inbox.url.replace(/\/hook$/, '') },
    spans: async () =>
      (await inbox.received()).flatMap(({ body }) =>
        Sent.parse(JSON.parse(body)).resourceSpans.flatMap(({ scopeSpans: [{ spans }] }) => spans),
      ),
  };
}

type Asked = { traceparent: string; env?: Record<string, unknown> };

/** A session whose owner cannot be reached, so that a message stays queued. */
async function stage() {
  const session = await ownedSession(harness);
  const { messages, events } = harness.schema;
  const post = (path: string, { traceparent, env = {} }: Asked, body: unknown) =>
    harness.call('POST', path, { key: session.key, body, env, headers: { traceparent } });
  return {
    ...session,
    send: async (asked: Asked) => {
      const to = { sessionId: session.id, to: '15550100001', text: 'hello' };
      const id = idOf(await post('/v1/messages/text', asked, to));
      const rows = await harness.db.select().from(messages).where(eq(messages.id, id));
      return { id, trace: rows[0]?.trace };
    },
    cancel: (id: string, asked: Asked) => post(`/v1/messages/${id}/cancel`, asked, {}),
    traceOfEvent: async () => {
      const mine = eq(events.workspaceId, session.workspaceId);
      return (await harness.db.select().from(events).where(mine)).map(({ trace }) => trace);
    },
  };
}

describe('a call that is traced', () => {
  it('hands its trace to the message, its runner and its events', async () => {
    const { env, spans } = newCollector();
    const { send, cancel, commands, traceOfEvent } = await stage();
    const { id, trace } = await send({ env, traceparent: `00-${TRACE}-${PARENT}-01` });
    const [request, command, ...others] = (await spans()).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    expect(others).toEqual([]);
    expect(request).toMatchObject({ name: 'POST /v1/messages/text', parentSpanId: PARENT });
    expect(command).toMatchObject({ name: 'command doorbell', parentSpanId: request?.spanId });
    expect(trace).toBe(`00-${TRACE}-${request?.spanId}-01`);
    expect(await commands()).toHaveLength(1);

    // Another call of the same trace: what becomes of the message belongs to the one that sent it.
    await cancel(id, { env, traceparent: `00-${TRACE}-${'3'.repeat(16)}-01` });
    expect(await traceOfEvent()).toEqual([trace]);
    const event = (await spans()).find(({ name }) => name === 'event message.failed');
    expect(event).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId });
  });

  it.each([
    ['begins a trace where the header is malformed', '00-zz-01', {}, 2],
    ['is not sampled where its caller says so', `00-${TRACE}-${PARENT}-00`, {}, 0],
    ['is not sampled by the ratio 0', '', { OTEL_TRACES_SAMPLER_ARG: '0' }, 0],
  ])('%s', async (_what, traceparent, more, count) => {
    const { env, spans } = newCollector();
    const { send } = await stage();
    const { trace } = await send({ traceparent, env: { ...env, ...more } });
    const found = await spans();
    expect(found).toHaveLength(count);
    expect(trace === null).toBe(count === 0);
    expect(found.every(({ traceId }) => traceId !== TRACE && trace?.includes(traceId))).toBe(true);
  });

  it('makes no span of a stranger, and none without a collector', async () => {
    const { env, spans } = newCollector();
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    await harness.call('GET', '/v1/messages', { env, headers });
    await harness.call('GET', '/v1/nothing', { env, headers });
    expect(await spans()).toEqual([]);
    const { send } = await stage();
    expect((await send(headers)).trace).toBeNull();
  });
});
