import { z } from '@hono/zod-openapi';
import { sampleEvent } from '../../shared/catalogue/events/index.ts';
import { AppError } from '../../shared/errors.ts';
import { mintToken } from '../services/realtime/mint-token.ts';
import { openSocket, resolveFilter } from '../services/realtime/open-socket.ts';
import { publicUrl } from '../values/public-url.ts';
import { area, operation, rawOperation } from './operation.ts';
import { eventStream } from './realtime/event-stream.ts';
import { RealtimeHeaders, RealtimeQuery, RealtimeToken } from './realtime/schemas.ts';
import { scope } from './takes.ts';

/** What a client that speaks our frames offers beside its token, and gets back. */
const PROTOCOL = 'waypost';

/** The subprotocol that an upgrade is answered with: ours if it is offered, and never the token beside it. */
export function protocolFor(headers: Headers): Record<string, string> {
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',');
  const isOffered = offered.some((one) => one.trim() === PROTOCOL);
  return isOffered ? { 'sec-websocket-protocol': PROTOCOL } : {};
}

export const realtime = area('Realtime', [
  operation({
    id: 'createRealtimeToken',
    method: 'post',
    path: '/v1/realtime/token',
    takes: scope('events:read'),
    summary: 'Get a one-time token for a realtime connection',
    description:
      'For browsers, which cannot send a key with a WebSocket. The token opens one connection within 60 seconds. The connection has the rights of the caller, and is closed when the caller loses them.',
    answer: [201, 'The token.', RealtimeToken],
    noStore: true,
    run: async ({ ctx }) => {
      const { token, expiresAt } = await mintToken({ ctx });
      const url = new URL(publicUrl(ctx.env, '/v1/realtime').replace(/^http/, 'ws'));
      url.searchParams.set('token', token);
      return { token, expiresAt: expiresAt.toISOString(), webSocketUrl: url.href };
    },
  }),
  rawOperation({
    id: 'openRealtime',
    method: 'get',
    path: '/v1/realtime',
    takes: scope('events:read'),
    takesRealtimeToken: true,
    summary: 'Receive events as they happen',
    description:
      'A WebSocket (`Upgrade: websocket`), or server-sent events (`Accept: text/event-stream`). Events arrive in the order of `seq`. docs/realtime.md describes the frames and the close codes.',
    query: RealtimeQuery,
    headers: RealtimeHeaders,
    responses: {
      101: { description: 'The WebSocket is open.' },
      200: {
        description:
          'Events as they happen: `id` is the `seq`, `data` is the event as JSON. Before the stream ends it says why in an event `close`.',
        content: {
          'text/event-stream': {
            schema: z.string(),
            example: `id: 42\ndata: ${JSON.stringify(sampleEvent('message.received'))}\n\n`,
          },
        },
      },
    },
    errors: ['SESSION_NOT_FOUND', 'CURSOR_TOO_OLD', 'LIMIT_EXCEEDED', 'UPGRADE_REQUIRED'],
    run: async ({ ctx, query, request, ...call }, c) => {
      const { types = null, sessionIds: sessions = null } = query;
      const { headers } = request;
      const filter = await resolveFilter(ctx, { types, sessions });
      const isWebSocket = headers.get('upgrade')?.toLowerCase() === 'websocket';
      const isStream = headers.get('accept')?.includes('text/event-stream') === true;
      if (!isWebSocket && !isStream) throw new AppError('UPGRADE_REQUIRED');
      // A browser's EventSource connects again by the address that it had, and says how far it came.
      const after = call.headers['last-event-id'] ?? query.after ?? null;
      const token = c.get('oneTimeUse') ?? null;
      const socket = await openSocket({ ctx, input: { filter, after, token } });
      if (!isWebSocket) return eventStream(socket);
      return new Response(null, { status: 101, webSocket: socket, headers: protocolFor(headers) });
    },
  }),
]);
