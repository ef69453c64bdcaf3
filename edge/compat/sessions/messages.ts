import { z } from '@hono/zod-openapi';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { messages } from '../../api/messages.ts';
import { MESSAGE_EXAMPLE, SendHeaders } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { SESSION_EXAMPLE, SessionRef } from '../../api/sessions/schemas.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { Sent, to } from '../send-fields.ts';
import { json } from '../json-answer.ts';

const sendText = operationOf(messages, 'sendText');
const list = operationOf(messages, 'listMessages');

const Ours = z.object({
  id: z.string(),
  sessionId: z.string(),
  direction: z.enum(['outbound', 'inbound']),
  chatId: z.string(),
  from: KnownPerson.nullable(),
  type: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  content: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
});

const SocketMessage = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    direction: z.enum(['sent', 'received']),
    from: z.string().nullable().describe('Who wrote it; null for a message of the session.'),
    to: z.string().describe('The chat that it is in.'),
    type: z.string(),
    body: z.string().describe('The text or the caption.'),
    status: z.enum(MESSAGE_STATUSES),
    timestamp: z.iso.datetime(),
  })
  .openapi('SocketMessage', {
    example: {
      id: MESSAGE_EXAMPLE,
      sessionId: SESSION_EXAMPLE,
      direction: 'received',
      from: '15550100001@c.us',
      to: '15550100001@c.us',
      type: 'text',
      body: 'Hi',
      status: 'sent',
      timestamp: '2026-11-21T10:00:00.000Z',
    },
  });

function show({ content, direction, chatId, from, createdAt, ...message }: z.output<typeof Ours>) {
  const said = content['text'] ?? content['caption'];
  return {
    ...message,
    direction: direction === 'outbound' ? ('sent' as const) : ('received' as const),
    from: from?.id ?? null,
    to: chatId,
    body: typeof said === 'string' ? said : '',
    timestamp: createdAt,
  };
}

const SocketSent = z
  .object({ message: SocketMessage.pick({ id: true, to: true, status: true, timestamp: true }) })
  .openapi('SentSocketMessage', {
    example: {
      message: {
        id: MESSAGE_EXAMPLE,
        to: '15550100001@c.us',
        status: 'queued',
        timestamp: '2026-11-21T10:00:00.000Z',
      },
    },
  });

export const messageRows: readonly Row[] = [
  alias({
    id: 'sessionsSend',
    method: 'post',
    path: '/api/sessions/{id}/messages',
    summary: 'Send a text',
    calls: [sendText],
    params: SessionRef,
    headers: SendHeaders,
    body: {
      schema: z.object({ to, message: z.string() }),
      example: { to: '+15550100001', message: 'Hello' },
    },
    responses: {
      200: json('The message was settled within the time of `Prefer: wait`.', SocketSent),
      202: json('The message is queued.', SocketSent),
    },
    run: async ({ params, body }, c) => {
      const answer = await sendText.call(c, {
        body: { sessionId: params.id, to: body.to, text: body.message },
        called: { text: 'message', sessionId: 'id' },
      });
      const { status, data } = await answerOf(answer, Sent);
      const { id, chatId, createdAt: timestamp } = data;
      return c.json({ message: { id, to: chatId, status: data.status, timestamp } }, status);
    },
  }),
  alias({
    id: 'sessionsListMessages',
    method: 'get',
    path: '/api/sessions/{id}/messages',
    summary: 'List the messages of a session, newest first',
    calls: [list],
    params: SessionRef,
    query: z.object({ limit: z.string().optional().openapi({ description: '20 by default.' }) }),
    responses: {
      200: json(
        'The newest messages.',
        z.object({ messages: z.array(SocketMessage) }).openapi('SocketMessages'),
      ),
    },
    run: async ({ params, query: { limit } }, c) => {
      const query = { sessionId: params.id, ...(limit !== undefined && { limit }) };
      const { data } = await answerOf(await list.call(c, { query }), z.array(Ours));
      return c.json({ messages: data.map(show) });
    },
  }),
];
