import { AppError } from '../../shared/errors.ts';
import { mintToken } from '../services/realtime/mint-token.ts';
import { openSocket, resolveFilter } from '../services/realtime/open-socket.ts';
import { area, operation, rawOperation } from './operation.ts';
import { RealtimeQuery, RealtimeToken } from './realtime/schemas.ts';
import { scope } from './takes.ts';

/** What a client that speaks our frames offers beside its token, and gets back. */
const PROTOCOL = 'waypost';

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
      const url = new URL('/v1/realtime', ctx.env.BASE_URL.replace(/^http/, 'ws'));
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
      'A WebSocket (`Upgrade: websocket`). Events arrive in the order of `seq`. docs/realtime.md describes the frames and the close codes.',
    query: RealtimeQuery,
    responses: {
      101: { description: 'The WebSocket is open.' },
    },
    errors: ['SESSION_NOT_FOUND', 'CURSOR_TOO_OLD', 'LIMIT_EXCEEDED', 'UPGRADE_REQUIRED'],
    run: async ({ ctx, query, request }, c) => {
      const { types = null, sessionIds: sessions = null, after = null } = query;
      const { headers } = request;
      const filter = await resolveFilter(ctx, { types, sessions });
      if (headers.get('upgrade')?.toLowerCase() !== 'websocket')
        throw new AppError('UPGRADE_REQUIRED');
      const token = c.get('oneTimeUse') ?? null;
      const socket = await openSocket({ ctx, input: { filter, after, token } });
      const offered = (headers.get('sec-websocket-protocol') ?? '').split(',');
      const isOffered = offered.some((one) => one.trim() === PROTOCOL);
      return new Response(null, {
        status: 101,
        webSocket: socket,
        ...(isOffered && { headers: { 'sec-websocket-protocol': PROTOCOL } }),
      });
    },
  }),
]);
