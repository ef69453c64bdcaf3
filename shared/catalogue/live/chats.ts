import { z } from 'zod';
import { row } from '../row.ts';
import { ADA, KnownPerson } from '../person.ts';
import { ListEnd, listInput } from './fields.ts';

const chatId = z.string();
const Time = z.iso.datetime();

export const Chat = z.object({
  id: z.string(),
  type: z.enum(['person', 'group', 'channel']),
  name: z.string().nullable(),
  lastMessageAt: Time.nullable(),
  unreadCount: z.number().int(),
  markedUnread: z.boolean().describe('Somebody marked it as unread, whatever it holds.'),
  archived: z.boolean(),
  pinned: z.boolean(),
  muted: z.boolean(),
  mutedUntil: Time.nullable().describe('Null while it is not muted, or muted for good.'),
  saved: z.boolean().nullable().describe('The person is in the address book; null of a group.'),
});
export type Chat = z.output<typeof Chat>;

/** A message as the phone shows it, whether or not Waypost has seen it. */
export const HistoryMessage = z.object({
  wireId: z.string().describe('The id that the message has on WhatsApp.'),
  fromMe: z.boolean(),
  from: KnownPerson.nullable().describe('Who sent it; null for the session’s own messages.'),
  type: z.string().describe('What WhatsApp calls its kind.'),
  text: z.string().nullable().describe('The text, or the caption of a file.'),
  hasMedia: z.boolean(),
  sentAt: Time,
  starred: z.boolean(),
  quotedWireId: z.string().nullable(),
});
export type HistoryMessage = z.output<typeof HistoryMessage>;

const CHAT: Chat = {
  id: ADA.id,
  type: 'person',
  name: 'Ada',
  lastMessageAt: '2026-11-21T10:41:58.000Z',
  unreadCount: 0,
  markedUnread: false,
  archived: false,
  pinned: false,
  muted: false,
  mutedUntil: null,
  saved: true,
};
const oneChat = { chatId: CHAT.id };

/** Operations on chats. Every change answers with the chat as it is after it; a chat that is not there is NOT_FOUND. */
export const CHAT_OPERATIONS = {
  /**
   * From what the page knows, without asking WhatsApp: there may be thousands. `labelId`: of those alone that have this label;
   * NOT_FOUND if there is none, NOT_SUPPORTED of an account that is no business.
   */
  listChats: row({
    input: listInput.extend({
      archived: z.boolean().nullable(),
      labelId: z.string().exactOptional(),
    }),
    output: z.object({ chats: z.array(Chat), next: ListEnd.nullable() }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { after: null, limit: 20, archived: null },
      output: { chats: [CHAT], next: null },
    },
  }),
  getChat: row({
    input: z.object({ chatId }),
    output: Chat,
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneChat, output: CHAT },
  }),
  /** What is left out stays. `mutedUntil`: Unix seconds, −1 for good, 0 for not at all. */
  updateChat: row({
    input: z.object({
      chatId,
      archived: z.boolean().exactOptional(),
      pinned: z.boolean().exactOptional(),
      unread: z.boolean().exactOptional(),
      mutedUntil: z.number().int().min(-1).exactOptional(),
    }),
    output: Chat,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...oneChat, archived: false }, output: CHAT },
  }),
  /** Marks its messages as read; the senders see it, where the phone's settings let them. */
  markChatSeen: row({
    input: z.object({ chatId }),
    output: Chat,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneChat, output: CHAT },
  }),
  /** Shows the other side that somebody types or records, for `forMs`; it ends by itself. */
  showChatState: row({
    input: z.object({
      chatId,
      state: z.enum(['typing', 'recording', 'none']),
      forMs: z.number().int().min(0).max(60_000),
    }),
    output: z.object({ state: z.enum(['typing', 'recording', 'none']) }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { ...oneChat, state: 'typing', forMs: 5_000 },
      output: { state: 'typing' },
    },
  }),
  /** From the phone's history, as far as this device has it. */
  listChatMessages: row({
    input: listInput.extend({ chatId }),
    output: z.object({ messages: z.array(HistoryMessage), next: ListEnd.nullable() }),
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { ...oneChat, after: null, limit: 20 },
      output: {
        messages: [
          {
            wireId: '3A5F0C431C26A1916E07',
            fromMe: false,
            from: ADA,
            type: 'chat',
            text: 'Hi',
            hasMedia: false,
            sentAt: '2026-11-21T10:41:58.000Z',
            starred: false,
            quotedWireId: null,
          },
        ],
        next: null,
      },
    },
  }),
  /** From this account alone; the other side keeps it. */
  deleteChat: row({
    input: z.object({ chatId }),
    output: z.object({ deleted: z.literal(true) }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneChat, output: { deleted: true } },
  }),
};
