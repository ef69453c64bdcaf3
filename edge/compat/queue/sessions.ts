import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { SESSION_EXAMPLE, SessionRef } from '../../api/sessions/schemas.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import { answerQueue, queueAnswer } from './dialect.ts';

const list = operationOf(sessions, 'listSessions');
const status = operationOf(sessions, 'getSessionStatus');
const qr = operationOf(sessions, 'getSessionQr');

const { id: _, ...rest } = ShownSession.shape;

const QueueSession = z.object({ sessionId: z.string(), ...rest }).openapi('QueueSession', {
  example: {
    sessionId: SESSION_EXAMPLE,
    name: 'support',
    status: 'online',
    phoneNumber: '15550100001',
    lastActiveAt: '2026-11-21T10:00:00.000Z',
  },
});
const QueueState = QueueSession.pick({ sessionId: true, status: true }).openapi(
  'QueueSessionState',
  {
    example: { sessionId: SESSION_EXAMPLE, status: 'logged_out' },
  },
);

const show = ({ id: sessionId, ...shown }: ShownSession) => ({ sessionId, ...shown });

/** A command to a session: what becomes of it is in its state. */
const command = (
  name: 'logout' | 'reconnect',
  summary: string,
  called: Row,
  description: string,
): Row =>
  alias({
    id: name === 'logout' ? 'queueLogout' : 'queueReconnect',
    method: 'post',
    path: `/api/v1/sessions/{id}/${name}`,
    summary,
    description,
    calls: [called],
    params: SessionRef,
    responses: { 200: queueAnswer('Its state now.', QueueState) },
    run: async ({ params }, c) => {
      const answer = await called.call(c, { params });
      const { data } = await answerOf(answer, ShownSession.pick({ id: true, status: true }));
      return answerQueue(c, { sessionId: data.id, status: data.status });
    },
  });

export const queueSessions: readonly Row[] = [
  alias({
    id: 'queueListSessions',
    method: 'get',
    path: '/api/v1/sessions',
    summary: 'List the sessions, newest first',
    calls: [list],
    responses: { 200: queueAnswer('Up to 1,000 sessions.', z.array(QueueSession)) },
    run: async (_call, c) => answerQueue(c, (await wholeList(c, list, ShownSession)).map(show)),
  }),
  alias({
    id: 'queueGetSessionStatus',
    method: 'get',
    path: '/api/v1/sessions/{id}/status',
    summary: 'Get the state of a session',
    calls: [status],
    params: SessionRef,
    responses: { 200: queueAnswer('Its state.', QueueSession) },
    run: async ({ params }, c) => {
      const { data } = await answerOf(await status.call(c, { params }), ShownSession);
      return answerQueue(c, show(data));
    },
  }),
  alias({
    id: 'queueGetSessionQr',
    method: 'get',
    path: '/api/v1/sessions/{id}/qr',
    summary: 'Get the QR code to scan, as a PNG image',
    calls: [qr],
    params: SessionRef,
    responses: {
      200: {
        description: 'The code. A new one replaces it at `x-qr-expires-at`.',
        content: { 'image/png': { schema: z.string().openapi({ format: 'binary' }) } },
      },
    },
    run: async ({ params }, c) => qr.call(c, { params, query: { format: 'png' } }),
  }),
  command(
    'logout',
    'Unlink the phone',
    operationOf(sessions, 'logoutSession'),
    'The session stays, and shows a QR code again after a `reconnect`.',
  ),
  command(
    'reconnect',
    'Reconnect a session now',
    operationOf(sessions, 'reconnectSession'),
    'Starts it if it does not run.',
  ),
];
