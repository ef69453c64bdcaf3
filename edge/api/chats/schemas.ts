import { z } from '@hono/zod-openapi';
import { Chat, CHAT_OPERATIONS, HistoryMessage } from '../../../shared/catalogue/live/chats.ts';
import { Label } from '../../../shared/catalogue/live/labels.ts';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { LivePageQuery } from '../../http/live-cursor.ts';
import { Moment } from '../moment-field.ts';
import { ChatId } from '../chat-ids.ts';
import { SessionChoice, sessionField } from '../session-choice.ts';

const { getChat, listChatMessages } = CHAT_OPERATIONS;

export const ChatRef = z.object({
  id: ChatId.openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description: 'The chat: a phone number with its country code, a phone id, a LID or a group.',
    example: '15550100001@c.us',
  }),
});

export const ChatListQuery = SessionChoice.extend({
  archived: z.enum(['true', 'false']).optional().openapi({
    description: '`true` lists the archive, `false` everything else.',
  }),
  labelId: z.string().min(1).max(40).optional().openapi({
    description: 'Only chats with this label. Business accounts alone have labels.',
  }),
  ...LivePageQuery,
});
export const ChatMessagesQuery = SessionChoice.extend(LivePageQuery);

export const ArchiveChat = z.strictObject({
  ...sessionField,
  archived: z.boolean().default(true),
});
export const PinChat = z.strictObject({ ...sessionField, pinned: z.boolean().default(true) });
export const MarkChatUnread = z.strictObject({
  ...sessionField,
  unread: z.boolean().default(true),
});
export const MuteChat = z
  .strictObject({
    ...sessionField,
    muted: z.boolean().default(true),
    until: Moment.optional().openapi({ description: 'Without it, the chat is muted for good.' }),
  })
  .refine(({ muted, until }) => muted || until === undefined, {
    path: ['until'],
    message: 'only with `muted: true`',
  });
export const ShowState = z
  .strictObject({
    ...sessionField,
    seconds: z.number().int().min(0).max(60).default(10).openapi({
      description: 'How long it is shown, unless a message ends it; 0 ends it now.',
    }),
  })
  .openapi('ShowState');

export const SetLabels = z.strictObject({
  ...sessionField,
  labelIds: z.array(z.string().min(1).max(40)).max(20).openapi({
    description: 'The labels that the chat has from then on. An empty list takes all away.',
  }),
});

export const LabelSchema = z
  .object(Label.shape)
  .openapi('Label', { example: { id: '1', name: 'New customer', color: '#ff9485' } });
export const ChatSchema = z.object(Chat.shape).openapi('Chat', { example: getChat.example.output });
export const ChatStateSchema = z
  .object({ state: z.enum(['typing', 'recording', 'none']) })
  .openapi('ChatState', { example: { state: 'typing' } });
export const HistoryMessageSchema = z
  .object({
    ...HistoryMessage.shape,
    from: KnownPerson.nullable().describe('Who sent it; null for the session’s own messages.'),
  })
  .openapi('HistoryMessage', { example: listChatMessages.example.output.messages[0] });
