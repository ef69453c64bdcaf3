import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { SessionLookup } from '../../api/name-fields.ts';
import { realtime } from '../../api/realtime.ts';
import { isWebSocket } from '../../middleware/origins.ts';
import { openSocket, resolveFilter } from '../../services/realtime/open-socket.ts';
import { readWahaEvents, typesOf } from '../../values/waha/event-names.ts';
import { alias, type OpenRoute, operationOf } from '../alias.ts';

export const socketRow = alias({
  id: 'wahaSocket',
  method: 'get',
  path: '/compat/waha/api/ws',
  summary: 'Receive events as they happen',
  description:
    'A WebSocket, which WAHA’s clients open at `/compat/waha/ws`. Each frame is what a webhook gets. `session` is a name or `*`, `events` are names separated by commas, or `*`.',
  calls: [operationOf(realtime, 'openRealtime')],
  responses: { 101: { description: 'The WebSocket is open.' } },
  query: z.object({
    session: SessionLookup.optional(),
    events: z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(100)]).optional(),
  }),
  run: async ({ ctx, query: { session, events: written = '*' } }, c) => {
    const named = session === undefined || session === '*' ? null : [session];
    const names = [written].flat().flatMap((text) => text.split(',').map((name) => name.trim()));
    const { events } = readWahaEvents(names);
    const filter = await resolveFilter(ctx, { types: typesOf(events), sessions: named });
    if (!isWebSocket(c.req)) throw new AppError('UPGRADE_REQUIRED');
    const input = { filter, after: null, token: null, dialect: { waha: events } };
    return new Response(null, { status: 101, webSocket: await openSocket({ ctx, input }) });
  },
});

/**
 * Where WAHA's clients open it: at the address above. A browser sends no header with a WebSocket, so that they put the key into
 * the address; it goes on in its header, and no log has it. A cookie has no say.
 */
export const socketAtWs: OpenRoute = {
  path: '/compat/waha/ws',
  isAudited: false,
  register: (app) =>
    app.get('/compat/waha/ws', async (c) => {
      const { searchParams } = new URL(c.req.url);
      const address = new URL('/compat/waha/api/ws', c.req.url);
      const headers = new Headers(c.req.raw.headers);
      for (const name of ['origin', 'cookie']) headers.delete(name);
      const key = searchParams.get('x-api-key');
      searchParams.delete('x-api-key');
      if (key !== null && key !== '') headers.set('x-api-key', key);
      address.search = searchParams.toString();
      return app.fetch(new Request(address, { headers }), c.env, c.executionCtx);
    }),
};
