import { z } from '@hono/zod-openapi';
import { hooks } from '../../api/hooks.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { SESSION_EXAMPLE, SessionRef } from '../../api/sessions/schemas.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { firstCode, getQr } from '../first-code.ts';
import { json } from '../json-answer.ts';
import { createSession, makeSession, NewSession } from '../new-session.ts';
import { wholeList } from '../pages.ts';
import { ShownSession } from '../shown-session.ts';
import { WA_STATES, waState } from '../../values/system-states.ts';

const list = operationOf(sessions, 'listSessions');
const archive = operationOf(sessions, 'archiveSession');
const createHook = operationOf(hooks, 'createHook');

const Identified = z.object({ id: z.string() });

const AddedNumber = z
  .object({
    connectionId: z.string(),
    status: z.literal('pending'),
    qr: z
      .string()
      .nullable()
      .describe('The code to scan, as a data URL. Null while there is no room for the connection.'),
  })
  .openapi('AddedNumber', {
    example: {
      connectionId: SESSION_EXAMPLE,
      status: 'pending',
      qr: 'data:image/png;base64,iVBORw0KGgo…',
    },
  });
const Connection = z
  .object({
    connectionId: z.string(),
    status: z.enum(WA_STATES),
    number: z.string().nullable(),
    lastActive: z.iso.datetime().nullable(),
  })
  .openapi('Connection', {
    example: {
      connectionId: SESSION_EXAMPLE,
      status: 'connected',
      number: '15550100001',
      lastActive: '2026-11-21T10:00:00.000Z',
    },
  });
const Disconnected = z.object({ message: z.string() }).openapi('Disconnected', {
  example: { message: `Connection ${SESSION_EXAMPLE} disconnected and archived.` },
});
const WaWebhook = z
  .object({ success: z.literal(true), webhookId: z.string(), url: z.string() })
  .openapi('WaWebhook', {
    example: {
      success: true,
      webhookId: 'whk_01k2q8z6m4c8f7h3n5r9t1v0wx',
      url: 'https://example.com/hook',
    },
  });

export const waConnections: readonly Row[] = [
  alias({
    id: 'waAddNumber',
    method: 'post',
    path: '/wa/add-number',
    summary: 'Add a number',
    description: 'Creates a session and waits up to 30 seconds for its first code.',
    calls: [createSession, getQr],
    body: {
      schema: NewSession,
      example: { name: 'support' },
      optional: true,
    },
    responses: { 201: json('The new connection.', AddedNumber) },
    run: async ({ body }, c) => {
      const { id } = await makeSession(c, body, 'wa');
      const code = await firstCode(c, id);
      const added = { connectionId: id, status: 'pending', qr: code?.dataUrl ?? null };
      return c.json(added, 201);
    },
  }),
  alias({
    id: 'waListConnections',
    method: 'get',
    path: '/wa/connections',
    summary: 'List the connections, newest first',
    calls: [list],
    responses: { 200: json('Up to 1,000 connections.', z.array(Connection)) },
    run: async (_call, c) => {
      const all = await wholeList(c, list, ShownSession);
      return c.json(
        all.map(({ id, status, phoneNumber, lastActiveAt }) => ({
          connectionId: id,
          status: waState(status),
          number: phoneNumber,
          lastActive: lastActiveAt,
        })),
      );
    },
  }),
  alias({
    id: 'waDisconnect',
    method: 'post',
    path: '/wa/disconnect/{id}',
    summary: 'Disconnect and archive a connection',
    description: 'Its link stays: the next send brings it back.',
    calls: [archive],
    params: SessionRef,
    responses: { 200: json('It is archived.', Disconnected) },
    run: async ({ params }, c) => {
      const { data } = await answerOf(await archive.call(c, { params }), Identified);
      return c.json({ message: `Connection ${data.id} disconnected and archived.` });
    },
  }),
  alias({
    id: 'waSetWebhook',
    method: 'post',
    path: '/wa/webhook',
    summary: 'Receive all events at a URL',
    description: 'The same URL again is the same endpoint, which is switched on again.',
    calls: [createHook],
    body: {
      schema: z.object({ url: z.string() }),
      example: { url: 'https://example.com/hook' },
    },
    responses: { 200: json('The endpoint.', WaWebhook) },
    run: async ({ body: { url } }, c) => {
      const answer = await createHook.call(c, { body: { url, eventTypes: ['*'] } });
      const { data } = await answerOf(answer, Identified.extend({ url: z.string() }));
      return c.json({ success: true, webhookId: data.id, url: data.url });
    },
  }),
];
