import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { contacts } from '../../api/contacts.ts';
import { NumberCheckSchema } from '../../api/contacts/schemas.ts';
import { messages } from '../../api/messages.ts';
import { MESSAGE_EXAMPLE, SendHeaders } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import type { Given } from '../../http/read-request.ts';
import { alias, answerOf, operationOf, reportIgnored } from '../alias.ts';
import { checkFile, fileFields, fileSend } from '../file-to-send.ts';
import { Sent, sessionId as session, to } from '../send-fields.ts';
import { answerInstance, instanceAnswer } from './envelope.ts';

const checkContacts = operationOf(contacts, 'checkContacts');
const sendText = operationOf(messages, 'sendText');
const sendLocation = operationOf(messages, 'sendLocation');

const instanceName = session.openapi({
  description: 'Name of the instance. Without it, the one of the key, or else the default one.',
});
/** What a refusal calls the fields of ours. */
const CALLED = { sessionId: 'instanceName' };

const InstanceMessage = z
  .object({
    messageId: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    to: z.string().describe('The chat that the message goes to.'),
    timestamp: z.iso.datetime().describe('When Waypost accepted it.'),
  })
  .openapi('InstanceMessage', {
    example: {
      messageId: MESSAGE_EXAMPLE,
      status: 'queued',
      to: '15550100001@c.us',
      timestamp: '2026-11-21T10:00:00.000Z',
    },
  });
const responses = {
  200: instanceAnswer(
    'The message was settled within the time of `Prefer: wait`.',
    InstanceMessage,
  ),
  202: instanceAnswer('The message is queued.', InstanceMessage),
};

async function call(c: Context<AppEnv>, operation: Row, given: Given): Promise<Response> {
  const answer = await operation.call(c, { ...given, called: { ...CALLED, ...given.called } });
  const { status, data, sessionName } = await answerOf(answer, Sent);
  const { id: messageId, chatId, createdAt: timestamp } = data;
  const message = { messageId, status: data.status, to: chatId, timestamp };
  return answerInstance(c, message, { status, instanceName: sessionName });
}

/** A file of one kind, by URL. */
const sendFile = (kind: 'image' | 'document' | 'audio'): Row => {
  const operation = operationOf(messages, `send${kind.charAt(0).toUpperCase()}${kind.slice(1)}`);
  return alias({
    id: `instancesSend${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    method: 'post',
    path: `/api/messages/${kind}`,
    summary: `Send ${kind === 'document' ? 'a document' : `an ${kind}`} by URL`,
    calls: [operation],
    headers: SendHeaders,
    body: {
      schema: z.object({ instanceName, to, ...fileFields }).superRefine(checkFile),
      example: { to: '+15550100001', mediaUrl: `https://files.example.com/${EXAMPLES[kind]}` },
    },
    responses,
    run: async ({ body }, c) => {
      const { given, ignored } = fileSend(
        body,
        { sessionId: body.instanceName, to: body.to },
        kind,
      );
      reportIgnored(c, ignored);
      return call(c, operation, given);
    },
  });
};
const EXAMPLES = { image: 'photo.jpg', document: 'invoice.pdf', audio: 'song.mp3' };

export const instanceMessages: readonly Row[] = [
  alias({
    id: 'instancesSendText',
    method: 'post',
    path: '/api/messages/text',
    summary: 'Send a text',
    calls: [sendText],
    headers: SendHeaders,
    body: {
      schema: z.object({ instanceName, to, text: z.string() }),
      example: { to: '+15550100001', text: 'Hello' },
    },
    responses,
    run: async ({ body }, c) =>
      call(c, sendText, { body: { sessionId: body.instanceName, to: body.to, text: body.text } }),
  }),
  sendFile('image'),
  sendFile('document'),
  sendFile('audio'),
  alias({
    id: 'instancesSendLocation',
    method: 'post',
    path: '/api/messages/location',
    summary: 'Send a location',
    calls: [sendLocation],
    headers: SendHeaders,
    body: {
      schema: z.object({
        instanceName,
        to,
        latitude: z.number(),
        longitude: z.number(),
        name: z.string().optional(),
        address: z.string().optional(),
      }),
      example: { to: '+15550100001', latitude: 52.5163, longitude: 13.3777 },
    },
    responses,
    run: async ({ body }, c) => {
      const { to: whom, latitude, longitude, name, address } = body;
      const place = {
        latitude,
        longitude,
        ...(name !== undefined && { name }),
        ...(address !== undefined && { address }),
      };
      return call(c, sendLocation, { body: { sessionId: body.instanceName, to: whom, ...place } });
    },
  }),
  alias({
    id: 'instancesCheckContacts',
    method: 'post',
    path: '/api/contacts/check',
    summary: 'Check which numbers are on WhatsApp',
    calls: [checkContacts],
    body: {
      schema: z.object({ instanceName, numbers: z.array(z.union([z.string(), z.number()])) }),
      example: { numbers: ['+15550100001', '+15550100002'] },
    },
    responses: {
      200: instanceAnswer(
        'What became of each number, in their order.',
        z.array(NumberCheckSchema),
      ),
    },
    run: async ({ body: { instanceName: sessionId, numbers } }, c) => {
      const given = { body: { sessionId, numbers }, called: CALLED };
      const answer = await answerOf(await checkContacts.call(c, given), z.unknown());
      return answerInstance(c, answer.data, { instanceName: answer.sessionName });
    },
  }),
];
