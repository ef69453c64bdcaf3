import { z } from '@hono/zod-openapi';
import { originOf } from '../services/fleet/find-place.ts';
import { archiveSession } from '../services/sessions/archive-session.ts';
import { createSession } from '../services/sessions/create-session.ts';
import { deleteSession } from '../services/sessions/delete-session.ts';
import { getSessionMetrics } from '../services/sessions/get-session-metrics.ts';
import { getSessionStatus } from '../services/sessions/get-session-status.ts';
import { getSession } from '../services/sessions/get-session.ts';
import { listSessionEvents } from '../services/sessions/list-session-events.ts';
import { listSessions } from '../services/sessions/list-sessions.ts';
import { logoutSession } from '../services/sessions/logout-session.ts';
import { reconnectSession } from '../services/sessions/reconnect-session.ts';
import { requestPairingCode } from '../services/sessions/request-pairing-code.ts';
import { restartSession } from '../services/sessions/restart-session.ts';
import { startSession } from '../services/sessions/start-session.ts';
import { stopSession } from '../services/sessions/stop-session.ts';
import { unarchiveSession } from '../services/sessions/unarchive-session.ts';
import { updateSession } from '../services/sessions/update-session.ts';
import { area, operation, withMeta } from './operation.ts';
import {
  DeletedSession,
  LoggedOutSession,
  PairingCode,
  SessionStatusSchema,
} from './sessions/answers.ts';
import { capabilities } from './sessions/capabilities.ts';
import { SessionLogEntry, SessionMetricsSchema } from './sessions/history-answers.ts';
import { getSessionQr } from './sessions/get-session-qr.ts';
import { getSessionScreenshot } from './sessions/get-session-screenshot.ts';
import {
  CreateSession,
  PairingQuery,
  ReconnectSession,
  RequestPairingCode,
  SessionLogQuery,
  SessionQuery,
  UpdateSession,
} from './sessions/requests.ts';
import { LimitedSessionSchema, SessionRef, SessionSchema } from './sessions/schemas.ts';
import { scope } from './takes.ts';

export const sessions = area('Sessions', [
  operation({
    id: 'createSession',
    method: 'post',
    path: '/v1/sessions',
    takes: scope('sessions:write'),
    summary: 'Create a session',
    description: 'Creates and starts it. The first session of a workspace becomes its default.',
    body: { schema: CreateSession, example: { name: 'support', mode: 'sandbox' } },
    answer: [201, 'The new session.', SessionSchema],
    errors: ['LIMIT_EXCEEDED', 'CONFLICT'],
    run: async ({ ctx, body, request }) => {
      const { sandboxProfile, region, pacing, proxy, ...rest } = body;
      const input = {
        ...rest,
        sandboxProfile: sandboxProfile ?? null,
        region: region ?? null,
        pacing: pacing ?? null,
        proxy: proxy ?? null,
        origin: originOf(request),
      };
      return named(await createSession({ ctx, input }));
    },
  }),
  operation({
    id: 'listSessions',
    method: 'get',
    path: '/v1/sessions',
    takes: scope('sessions:read'),
    summary: 'List sessions, newest first',
    query: SessionQuery,
    answer: [200, 'A page of sessions.', z.array(SessionSchema)],
    run: async ({ ctx, query: { cursor = null, limit, archived } }) => {
      const input = { cursor, limit, archived: archived === 'true' };
      const { sessions: page, nextCursor } = await listSessions({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'getSession',
    method: 'get',
    path: '/v1/sessions/{id}',
    takes: scope('sessions:read'),
    summary: 'Get a session',
    params: SessionRef,
    answer: [200, 'The session.', LimitedSessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await getSession({ ctx, input: params })),
  }),
  operation({
    id: 'updateSession',
    method: 'patch',
    path: '/v1/sessions/{id}',
    takes: scope('sessions:write'),
    summary: 'Change a session',
    description:
      'Omitted fields stay as they are. A new region applies when the session is placed next; a new proxy restarts the browser at once; `null` removes region or proxy.',
    params: SessionRef,
    body: {
      schema: UpdateSession,
      example: { name: 'sales', pacing: { minIntervalMs: 2000, jitterMs: 1000 }, isDefault: true },
    },
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND', 'CONFLICT'],
    run: async ({ ctx, params, body }) =>
      named(await updateSession({ ctx, input: { ...params, changes: body } })),
  }),
  operation({
    id: 'deleteSession',
    method: 'delete',
    path: '/v1/sessions/{id}',
    takes: scope('sessions:write'),
    summary: 'Delete a session',
    description:
      'Unlinks the phone and deletes the session with its messages. Messages that are still queued are not sent. A session that does not run, or whose runner is out of reach, is deleted all the same, with `unlinked: false`.',
    params: SessionRef,
    answer: [200, 'The session is deleted.', DeletedSession],
    errors: ['SESSION_NOT_FOUND'],
    run: ({ ctx, params }) => deleteSession({ ctx, input: params }),
  }),
  operation({
    id: 'getSessionStatus',
    method: 'get',
    path: '/v1/sessions/{id}/status',
    takes: scope('sessions:read'),
    summary: 'Get the state of a session',
    params: SessionRef,
    answer: [200, 'Its state.', SessionStatusSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await getSessionStatus({ ctx, input: params })),
  }),
  getSessionQr,
  getSessionScreenshot,
  operation({
    id: 'startSession',
    method: 'post',
    path: '/v1/sessions/{id}/start',
    takes: scope('sessions:write'),
    summary: 'Start a session',
    params: SessionRef,
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await startSession({ ctx, input: params })),
  }),
  operation({
    id: 'stopSession',
    method: 'post',
    path: '/v1/sessions/{id}/stop',
    takes: scope('sessions:write'),
    summary: 'Stop a session and keep its link',
    params: SessionRef,
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await stopSession({ ctx, input: params })),
  }),
  operation({
    id: 'restartSession',
    method: 'post',
    path: '/v1/sessions/{id}/restart',
    takes: scope('sessions:write'),
    summary: 'Restart a session',
    description:
      'Replaces the browser once the current send has ended. The link with the phone stays. A stopped session is started.',
    params: SessionRef,
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await restartSession({ ctx, input: params })),
  }),
  operation({
    id: 'reconnectSession',
    method: 'post',
    path: '/v1/sessions/{id}/reconnect',
    takes: scope('sessions:write'),
    summary: 'Reconnect a session now',
    description:
      'Retries at once instead of waiting for the next attempt. A session that is online stays as it is; a stopped one is started.',
    params: SessionRef,
    body: { schema: ReconnectSession, example: { acceptNumber: false } },
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params, body }) => {
      const input = { ...params, ...body };
      const { session, failedMessages } = await reconnectSession({ ctx, input });
      const failed = failedMessages === null ? {} : { failedMessages };
      return withMeta(session, { sessionId: session.id, sessionName: session.name, ...failed });
    },
  }),
  operation({
    id: 'logoutSession',
    method: 'post',
    path: '/v1/sessions/{id}/logout',
    takes: scope('sessions:write'),
    summary: 'Unlink the phone',
    description:
      'Removes the link at WhatsApp. The session stays, with status `logged_out`, and does not reconnect by itself; starting it shows a new QR code.',
    params: SessionRef,
    answer: [200, 'The phone is unlinked.', LoggedOutSession],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => {
      const { session, unlinked } = await logoutSession({ ctx, input: params });
      const { id, status, reason, name } = session;
      return withMeta({ id, status, reason, unlinked }, { sessionId: id, sessionName: name });
    },
  }),
  operation({
    id: 'archiveSession',
    method: 'post',
    path: '/v1/sessions/{id}/archive',
    takes: scope('sessions:write'),
    summary: 'Archive a session',
    description:
      'Stops the session and hides it: it does not count in the tier, and sends do not find it. Link and messages stay; `unarchive` brings it back.',
    params: SessionRef,
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => named(await archiveSession({ ctx, input: params })),
  }),
  operation({
    id: 'unarchiveSession',
    method: 'post',
    path: '/v1/sessions/{id}/unarchive',
    takes: scope('sessions:write'),
    summary: 'Take a session out of the archive',
    description: 'It counts in the tier again, and stays stopped until it is started.',
    params: SessionRef,
    answer: [200, 'The session.', SessionSchema],
    errors: ['SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'],
    run: async ({ ctx, params }) => named(await unarchiveSession({ ctx, input: params })),
  }),
  operation({
    id: 'requestPairingCode',
    method: 'post',
    path: '/v1/sessions/{id}/pairing-code',
    takes: scope('sessions:write'),
    summary: 'Get a code to type on the phone',
    description:
      'Links without a camera: the phone with this number asks for the code. The current code is returned until it expires; each new one is also an event, `session.pairing_code`. Treat the code as a credential.',
    params: SessionRef,
    query: PairingQuery,
    body: { schema: RequestPairingCode, example: { phone: '+15550100001' } },
    answer: [200, 'The code.', PairingCode],
    errors: ['SESSION_NOT_FOUND', 'SESSION_NOT_READY', 'CONFLICT'],
    noStore: true,
    run: async ({ ctx, params, query, body }) => {
      const input = { ...params, phone: body.phone, waitMs: query.wait * 1000 };
      const { sessionId, sessionName, ...code } = await requestPairingCode({ ctx, input });
      return withMeta(code, { sessionId, sessionName });
    },
  }),
  operation({
    id: 'listSessionEvents',
    method: 'get',
    path: '/v1/sessions/{id}/events',
    takes: scope('sessions:read'),
    summary: 'List what happened to a session, newest first',
    description: 'Every change of its state with the reason, and every attempt to reconnect.',
    params: SessionRef,
    query: SessionLogQuery,
    answer: [200, 'A page of the log.', z.array(SessionLogEntry)],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params, query: { cursor, limit } }) => {
      const input = { ...params, before: cursor?.before ?? null, limit };
      const { entries, ...meta } = await listSessionEvents({ ctx, input });
      return withMeta(entries, meta);
    },
  }),
  capabilities,
  operation({
    id: 'getSessionMetrics',
    method: 'get',
    path: '/v1/sessions/{id}/metrics',
    takes: scope('sessions:read'),
    summary: 'Get memory, CPU time and uptime of a session',
    description: 'Measured about every 30 seconds by the runner that holds the session.',
    params: SessionRef,
    answer: [200, 'The measurements.', SessionMetricsSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, params }) => {
      const { resources, uptime, ...meta } = await getSessionMetrics({ ctx, input: params });
      return withMeta({ resources, uptime }, meta);
    },
  }),
]);

/** A session, or what is said of one, with its id and name in `meta`. */
function named<Named extends { id: string; name: string }>(session: Named) {
  return withMeta(session, { sessionId: session.id, sessionName: session.name });
}
