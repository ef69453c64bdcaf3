import { createRoute, z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { SESSION_EXAMPLE, SessionRef } from '../../api/sessions/schemas.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { alias, answerOf, type OpenRoute, operationOf } from '../alias.ts';
import { createSession, makeSession, NewSession } from '../new-session.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import { SOCKET_STATES, socketState } from '../../values/system-states.ts';
import { json } from '../json-answer.ts';

const list = operationOf(sessions, 'listSessions');
const status = operationOf(sessions, 'getSessionStatus');
const stop = operationOf(sessions, 'stopSession');

const SocketSession = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(SOCKET_STATES),
    phoneNumber: z.string().nullable(),
    lastActive: z.iso.datetime().nullable(),
  })
  .openapi('SocketSession', {
    example: {
      id: SESSION_EXAMPLE,
      name: 'support',
      status: 'connected',
      phoneNumber: '15550100001',
      lastActive: '2026-11-21T10:00:00.000Z',
    },
  });
const show = ({ id, name, status: state, phoneNumber, lastActiveAt }: ShownSession) => ({
  id,
  name,
  status: socketState(state),
  phoneNumber,
  lastActive: lastActiveAt,
});

const SocketHealth = z.object({ status: z.literal('ok') }).openapi('SocketHealth', {
  example: { status: 'ok' },
});

export const health: OpenRoute = {
  path: '/api/health',
  register: (app, tag) =>
    app.openapi(
      createRoute({
        method: 'get',
        path: '/api/health',
        operationId: 'sessionsHealth',
        security: [],
        tags: [tag],
        summary: 'Check that Waypost is running',
        middleware: [limitPages] as const,
        responses: { 200: json('It is.', SocketHealth) },
      }),
      (c) => {
        c.header('cache-control', 'no-store');
        return c.json({ status: 'ok' as const }, 200);
      },
    ),
};

export const sessionRows: readonly Row[] = [
  alias({
    id: 'sessionsList',
    method: 'get',
    path: '/api/sessions',
    summary: 'List the sessions, newest first',
    calls: [list],
    responses: {
      200: json(
        'Up to 1,000 sessions.',
        z.object({ sessions: z.array(SocketSession) }).openapi('SocketSessions'),
      ),
    },
    run: async (_call, c) =>
      c.json({ sessions: (await wholeList(c, list, ShownSession)).map(show) }),
  }),
  alias({
    id: 'sessionsCreate',
    method: 'post',
    path: '/api/sessions',
    summary: 'Create a session',
    description: 'Its QR codes come over the socket, as `qr_code`.',
    calls: [createSession],
    body: {
      schema: NewSession,
      example: { name: 'support' },
      optional: true,
    },
    responses: {
      201: json(
        'The session.',
        z.object({ session: SocketSession }).openapi('CreatedSocketSession'),
      ),
    },
    run: async ({ body }, c) =>
      c.json({ session: show(await makeSession(c, body, 'session')) }, 201),
  }),
  alias({
    id: 'sessionsStatus',
    method: 'get',
    path: '/api/sessions/{id}/status',
    summary: 'Get the state of a session',
    calls: [status],
    params: SessionRef,
    responses: { 200: json('The session.', SocketSession) },
    run: async ({ params }, c) => {
      const { data } = await answerOf(await status.call(c, { params }), ShownSession);
      return c.json(show(data));
    },
  }),
  alias({
    id: 'sessionsDisconnect',
    method: 'delete',
    path: '/api/sessions/{id}',
    summary: 'Disconnect a session',
    description: 'Stops it. The session, its messages and its link stay.',
    calls: [stop],
    params: SessionRef,
    responses: {
      200: json(
        'It is stopped.',
        z.object({ message: z.string() }).openapi('DisconnectedSession', {
          example: { message: `Session ${SESSION_EXAMPLE} disconnected.` },
        }),
      ),
    },
    run: async ({ params }, c) => {
      const { data } = await answerOf(await stop.call(c, { params }), ShownSession);
      return c.json({ message: `Session ${data.id} disconnected.` });
    },
  }),
];
