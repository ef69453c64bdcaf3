import { expect, it } from 'vitest';
import { z } from 'zod';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { idIn, listedIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { openEventStream } from '../testing/event-stream.ts';
import { openRealtime } from '../testing/realtime-socket.ts';
import { until } from '../testing/until.ts';

const ALICE = '+15550100001';

export function realtimeRoutes(running: () => Deployment): void {
  covers('POST /v1/realtime/token', 'GET /v1/realtime', 'GET /v1/events');

  it('webhooks, feed, WebSocket and event stream tell the same, in the same order', async () => {
    const { api, inspector, facts } = running();
    const { sessionId, apiUrl, apiKey } = await facts();
    const box = 'realtime';
    const endpoint = { url: inspector.url(box), eventTypes: ['*'], sessionIds: [sessionId] };
    await api.call('POST', '/v1/webhooks', { body: { ...endpoint, fifo: true } });
    const token = await api.call('POST', '/v1/realtime/token');
    const { webSocketUrl } = token.data(z.object({ webSocketUrl: z.url() }));
    const socket = await openRealtime(`${webSocketUrl}&sessionIds=${sessionId}`);
    const stream = await openEventStream(apiUrl, apiKey, `sessionIds=${sessionId}`);
    const waiting = api.call(
      'GET',
      `/v1/events?after=${socket.cursor}&sessionId=${sessionId}&wait=25`,
    );

    const sent = await Promise.all(
      ['one', 'two', 'three'].map(async (text) => {
        const body = { sessionId, to: ALICE, text };
        return idIn(await api.call('POST', '/v1/messages/text', { body }));
      }),
    );
    const input = { kind: 'text', sessionId, to: ALICE, text: 'four' };
    socket.send({ type: 'command', id: 'four', command: 'send_message', input });
    const answer = await until('the answer to the command', async () =>
      socket.frames.find(({ id }) => id === 'four'),
    );
    sent.push(Accepted.parse(answer).data.id);
    const { events } = socket;
    const isRead = (id: string) => events.some((event) => isReadOf(event, id));
    await until('each message to be read', async () => sent.every(isRead) || undefined);
    const last = events.at(-1)?.seq ?? 0;
    await inspector.waitFor(box, `event ${last}`, ({ event }) => event.seq === last);

    const told = events.filter(({ seq }) => seq <= last).map(({ id }) => id);
    expect(told.length).toBeGreaterThanOrEqual(12);
    expect(listedIn(await waiting)[0]).toMatchObject({ id: told[0] });
    expect(await stream.next(told.length)).toEqual(told);
    const feed = listedIn(
      await api.call('GET', `/v1/events?after=${socket.cursor}&sessionId=${sessionId}`),
    );
    expect(feed.filter(({ seq }) => Number(seq) <= last).map(({ id }) => id)).toEqual(told);
    const delivered = (await inspector.all(box)).map(({ event }) => event);
    expect(delivered.filter(({ seq }) => seq <= last).map(({ id }) => id)).toEqual(told);
    socket.close();
    await stream.close();
  });
}

const Accepted = z.object({ status: z.literal(202), data: z.object({ id: z.string() }) });

const isReadOf = ({ type, data }: PublicEvent, id: string): boolean =>
  type === 'message.read' && 'messageId' in data && data.messageId === id;
