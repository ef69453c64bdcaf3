import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import { status } from '../../api/status.ts';
import { alias, answerOf, operationOf, reportIgnored } from '../alias.ts';
import { json } from '../json-answer.ts';
import { evolutionContent, evolutionMessage } from '../../values/evolution/message.ts';
import {
  EvolutionMessage,
  MessageKey,
  messageIdOf,
  OursMessage,
  WIRE_ID_EXAMPLE,
} from './message-view.ts';
import { BASE, Instance } from './route.ts';
import { fileOf } from './send-fields.ts';

const react = operationOf(messages, 'reactToMessage');
const post = operationOf(status, 'postStatus');

const Reaction = { key: MessageKey.nullish(), reaction: z.string().nullish() };
const Post = {
  type: z.enum(['text', 'image', 'video', 'audio']).nullish(),
  content: z.string().nullish(),
  caption: z.string().nullish(),
  backgroundColor: z.string().nullish(),
  font: z.number().int().nullish(),
  allContacts: z.boolean().nullish(),
  statusJidList: z.array(z.string().max(200)).max(5_000).nullish(),
};
const Posted = z.object({ wireId: z.string(), postedAt: z.string() });

export const evolutionReactions: readonly Row[] = [
  alias({
    id: 'evolutionSendReaction',
    method: 'post',
    path: `${BASE}/message/sendReaction/{instance}`,
    summary: 'React to a message',
    description:
      'An empty reaction removes the earlier one. `key.id` of the answer is that of the message: WhatsApp shows no other.',
    calls: [react],
    params: Instance,
    body: {
      schema: z.object({ ...Reaction, reactionMessage: z.object(Reaction).nullish() }),
      example: {
        key: { remoteJid: '15550100001@s.whatsapp.net', fromMe: false, id: WIRE_ID_EXAMPLE },
        reaction: '👍',
      },
    },
    responses: { 201: json('The reaction.', EvolutionMessage) },
    run: async ({ ctx, params: { instance }, body }, c) => {
      const { key, reaction } = body.reactionMessage ?? body;
      if (key == null) throw missing('key');
      const params = { id: await messageIdOf(ctx, instance, key) };
      const given = { params, body: { emoji: reaction ?? '' }, called: { emoji: 'reaction' } };
      const { data } = await answerOf(await react.call(c, given), OursMessage);
      const shown = evolutionMessage({
        wireId: data.wireId ?? data.id,
        chatId: data.chatId,
        fromMe: true,
        sender: null,
        at: new Date(ctx.now()).toISOString(),
        status: 'sent',
        instanceId: data.sessionId,
        said: { type: 'text' },
      });
      const message = { reactionMessage: { key, text: reaction ?? '' } };
      return c.json({ ...shown, messageType: 'reactionMessage', message }, 201);
    },
  }),
  alias({
    id: 'evolutionSendStatus',
    method: 'post',
    path: `${BASE}/message/sendStatus/{instance}`,
    summary: 'Post a status',
    description:
      'A text, an image or a video. Who sees it is set on the phone: `statusJidList` is not used. A recording is 501.',
    calls: [post],
    errors: ['NOT_SUPPORTED'],
    params: Instance,
    body: {
      schema: z.object({ ...Post, statusMessage: z.object(Post).nullish() }),
      example: { type: 'text', content: 'Open on Sunday', allContacts: true },
      takesBase64: true,
    },
    responses: { 201: json('The post.', EvolutionMessage) },
    run: async ({ params: { instance: sessionId }, body }, c) => {
      const said = body.statusMessage ?? body;
      const { type, content, caption, backgroundColor: color, font } = said;
      if (type === 'audio')
        throw new AppError(
          'NOT_SUPPORTED',
          'The engine has no way to post a recording as a status.',
        );
      if (said.statusJidList != null) reportIgnored(c, ['statusJidList']);
      const own =
        type === 'image' || type === 'video'
          ? { type, ...fileOf(content), ...(caption != null && caption !== '' && { caption }) }
          : {
              ...(content != null && { text: content }),
              ...(color != null && { color }),
              ...(font != null && { font }),
            };
      const called = {
        sessionId: 'instance',
        text: 'content',
        url: 'content',
        color: 'backgroundColor',
      };
      const answer = await post.call(c, { body: { sessionId, ...own }, called });
      const { data } = await answerOf(answer, Posted);
      const shown = evolutionContent({ type: type ?? 'text', text: caption ?? content ?? null });
      const message = {
        key: { remoteJid: 'status@broadcast', fromMe: true, id: data.wireId },
        pushName: '',
        status: 'SERVER_ACK',
        ...shown,
        contextInfo: null,
        messageTimestamp: Math.floor(Date.parse(data.postedAt) / 1_000),
        instanceId: sessionId,
        source: 'web',
      };
      return c.json(message, 201);
    },
  }),
];

const missing = (field: string): AppError =>
  new AppError('VALIDATION_ERROR', `body.${field}: is required`, {
    fields: [{ in: 'body', field, message: 'is required' }],
  });
