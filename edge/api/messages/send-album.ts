import { z } from '@hono/zod-openapi';
import { refuseAlbum } from '../../services/live/capabilities.ts';
import { rawOperation } from '../operation.ts';
import { Recipient } from '../recipient-fields.ts';
import { sessionField } from '../session-choice.ts';
import { scope } from '../takes.ts';

export const sendAlbum = rawOperation({
  id: 'sendAlbum',
  method: 'post',
  path: '/v1/messages/album',
  takes: scope('messages:send'),
  summary: 'Send several pictures as one message: not supported',
  description:
    'The engine has no albums: the answer is `NOT_SUPPORTED`, with `send.album` in `details.capability`. Send several messages instead, each with one picture, by `POST /v1/messages/image`. Only `sessionId` and `to` are read.',
  body: {
    schema: z.looseObject({ ...sessionField, to: Recipient }).openapi('Album'),
    example: { to: '+15550100001' },
  },
  responses: {},
  errors: ['SESSION_NOT_FOUND', 'NOT_SUPPORTED'],
  run: ({ ctx, body }) => refuseAlbum({ ctx, input: { id: body.sessionId ?? null } }),
});
