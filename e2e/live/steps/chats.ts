import { z } from 'zod';
import { Skipped, type Walk } from '../walk.ts';
import type { Step } from './step.ts';

const Chat = z.looseObject({ id: z.string(), archived: z.boolean(), pinned: z.boolean() });
const Rows = z.array(z.looseObject({ id: z.string() }));
const Contact = z.looseObject({ id: z.string(), lid: z.string().nullable() });
const Label = z.looseObject({ id: z.string() });

/** @param leftGroup the chat of the group that the number has left */
export const chatSteps = (walk: Walk, leftGroup: () => string | undefined) => {
  const change = (
    operation: 'archive' | 'pin' | 'mute' | 'unread',
    body: Record<string, unknown>,
  ) => walk.ask(`POST /v1/chats/{id}/${operation}`, z.looseObject({}), { id: walk.chatId, body });
  const both = async (operation: 'archive' | 'pin' | 'mute' | 'unread', field: string) => {
    for (const on of [true, false]) await change(operation, { [field]: on });
  };
  const show = (operation: 'typing' | 'recording') =>
    walk.call(`POST /v1/chats/{id}/${operation}`, { id: walk.chatId, body: { seconds: 3 } });

  return {
    listChats: {
      title: 'list chats',
      run: async () => {
        const chats = await walk.ask('GET /v1/chats', Rows);
        walk.expect(chats.length > 0, 'no chat is listed');
      },
    },
    getChat: {
      title: 'get a chat',
      run: async () => void (await walk.ask('GET /v1/chats/{id}', Chat, { id: walk.chatId })),
    },
    listChatMessages: {
      title: 'list the messages of a chat',
      run: async () => {
        const messages = z.array(z.looseObject({}));
        const id = walk.chatId;
        const { length } = await walk.ask('GET /v1/chats/{id}/messages', messages, { id });
        walk.expect(length > 0, 'no message is listed');
      },
    },
    updateChat: {
      title: 'archive, pin, mute and mark a chat, and take each back',
      run: async () => {
        const chat = await walk.ask('GET /v1/chats/{id}', Chat, { id: walk.chatId });
        if (!chat.archived) await both('archive', 'archived');
        if (!chat.pinned) await both('pin', 'pinned');
        await both('mute', 'muted');
        await both('unread', 'unread');
      },
    },
    markChatSeen: {
      title: 'mark a chat as seen',
      run: async () => void (await walk.call('POST /v1/chats/{id}/seen', { id: walk.chatId })),
    },
    showChatState: {
      title: 'show typing and recording',
      run: async () => {
        await show('typing');
        await show('recording');
      },
    },
    deleteChat: {
      title: 'delete the chat of the group that was left',
      run: async () => {
        const id = leftGroup();
        if (id === undefined) throw new Skipped('no group was made');
        await walk.call('DELETE /v1/chats/{id}', { id });
      },
    },
    listLabels: {
      title: 'list labels',
      run: async () => void (await walk.call('GET /v1/labels')),
    },
    getChatLabels: {
      title: 'list the labels of a chat',
      run: async () => void (await walk.call('GET /v1/chats/{id}/labels', { id: walk.chatId })),
    },
    setChatLabels: {
      title: 'label a chat',
      run: async () => {
        const labels = z.array(Label);
        const [first] = await walk.ask('GET /v1/labels', labels);
        if (first === undefined) throw new Skipped('the account has no label');
        const id = walk.chatId;
        const before = await walk.ask('GET /v1/chats/{id}/labels', labels, { id });
        for (const set of [[first], before]) {
          const body = { labelIds: set.map((label) => label.id) };
          const after = await walk.ask('PUT /v1/chats/{id}/labels', labels, { id, body });
          walk.expect(after.length === set.length, 'the chat has other labels');
        }
      },
    },
    checkContacts: {
      title: 'check numbers',
      run: async () => {
        const { other, session } = walk.given;
        const Checked = z.array(z.looseObject({ exists: z.unknown() }));
        const numbers = [`+${other ?? session.phoneNumber}`];
        const [checked] = await walk.ask('POST /v1/contacts/check', Checked, { body: { numbers } });
        walk.expect(checked?.exists === true, 'WhatsApp does not know the number');
      },
    },
    listContacts: {
      title: 'list contacts',
      run: async () => void (await walk.ask('GET /v1/contacts', Rows)),
    },
    getContact: {
      title: 'get a contact',
      run: async () => void (await walk.ask('GET /v1/contacts/{id}', Contact, { id: walk.chatId })),
    },
    getContactIds: {
      title: 'get the LID of a number, and the number of the LID',
      run: async () => {
        const Ids = z.looseObject({ lid: z.string().nullable(), phone: z.string().nullable() });
        const ask = (id: string) => walk.ask('GET /v1/contacts/{id}/ids', Ids, { id });
        const { lid, phone } = await ask(walk.chatId);
        if (lid === null) return walk.fails('it has no LID');
        walk.expect((await ask(lid)).phone === phone, 'the LID leads to another number');
      },
    },
    subscribePresence: {
      title: 'subscribe to whether somebody is online, and end that',
      run: async () => {
        const body = { id: walk.chatId };
        const Subscription = z.looseObject({ subscribed: z.boolean() });
        const made = await walk.ask('POST /v1/presence/{id}/subscribe', Subscription, body);
        walk.expect(made.subscribed, 'there is no subscription');
        await walk.ask('POST /v1/presence/{id}/unsubscribe', Subscription, body);
      },
    },
    getPresence: {
      title: 'see whether somebody is online',
      run: async () => void (await walk.call('GET /v1/presence/{id}', { id: walk.chatId })),
    },
    blockContact: {
      title: 'block a contact, and unblock them',
      run: async () => {
        if (walk.given.other === null) throw new Skipped('it needs a second number (--to)');
        const id = walk.chatId;
        const { api, session } = walk.given;
        const body = { sessionId: session.id };
        walk.undo('unblock', () => api.call('POST', `/v1/contacts/${id}/unblock`, { body }));
        const Blocked = z.looseObject({ blocked: z.boolean() });
        const blocked = await walk.ask('POST /v1/contacts/{id}/block', Blocked, { id });
        walk.expect(blocked.blocked, 'they are not blocked');
        const after = await walk.ask('POST /v1/contacts/{id}/unblock', Blocked, { id });
        walk.expect(!after.blocked, 'they are still blocked');
      },
    },
  } satisfies Record<string, Step>;
};
