import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { protocolFor, realtime } from '../../api/realtime.ts';
import { isWebSocket } from '../../middleware/origins.ts';
import { openSocket } from '../../services/realtime/open-socket.ts';
import { alias, type OpenRoute, operationOf } from '../alias.ts';

/** The events that frames of this system are made of. */
const TYPES = ['session.status', 'session.qr', 'message.received'];

export const socketRow = alias({
  id: 'sessionsSocket',
  method: 'get',
  path: '/api/socket',
  summary: 'Open the WebSocket',
  description:
    'Clients open it at `/?token=`, with a user token, a Supabase token or a one-time token. docs/migrate/sessions.md describes its frames.',
  calls: [operationOf(realtime, 'openRealtime')],
  takesRealtimeToken: true,
  responses: { 101: { description: 'The WebSocket is open.' } },
  // As `takesRealtimeToken` reads it.
  query: z.object({ token: z.string().optional() }),
  run: async ({ ctx, request }, c) => {
    if (!isWebSocket(c.req)) throw new AppError('UPGRADE_REQUIRED');
    const token = c.get('oneTimeUse') ?? null;
    const filter = { types: TYPES, sessionIds: null };
    const input = { filter, after: null, token, dialect: 'sessions' as const };
    const webSocket = await openSocket({ ctx, input });
    return new Response(null, { status: 101, webSocket, headers: protocolFor(request.headers) });
  },
});

/**
 * A socket that is opened at `/` is one at the address above. The token goes on in a header: an address is what logs keep. A
 * page's origin was judged with the token in its place, and a cookie has no say.
 */
export const socketAtRoot: OpenRoute = {
  path: '/',
  isAudited: false,
  register: (app) =>
    app.get('/', async (c, next) => {
      if (!isWebSocket(c.req)) return next();
      const token = c.req.query('token') ?? '';
      const address = new URL('/api/socket', c.req.url);
      const headers = new Headers(c.req.raw.headers);
      for (const name of ['origin', 'cookie', 'authorization', 'x-api-key']) headers.delete(name);
      // A key is refused where a token belongs.
      if (token.startsWith('wp_')) address.searchParams.set('token', token);
      else if (token !== '') headers.set('authorization', `Bearer ${token}`);
      return app.fetch(new Request(address, { headers }), c.env, c.executionCtx);
    }),
};
