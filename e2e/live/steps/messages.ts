import { z } from 'zod';
import type { MessageKind } from '../../../shared/catalogue/message-kinds.ts';
import { Skipped, type Walk } from '../walk.ts';
import { Sent } from './kinds.ts';
import type { Step } from './step.ts';

const Reactions = z.looseObject({ reactions: z.array(z.looseObject({ emoji: z.string() })) });
const Edited = z.looseObject({ content: z.looseObject({ text: z.string() }) });

export const messageSteps = (walk: Walk, sent: ReadonlyMap<MessageKind, string>) => {
  const idOf = (kind: MessageKind): string => {
    const id = sent.get(kind);
    if (id === undefined) throw new Skipped(`the ${kind} was not sent`);
    return id;
  };
  const send = async (operation: 'reply' | 'forward', body: Record<string, unknown>) => {
    const to = { id: idOf('text'), body, wait: 45 };
    const { id, status } = await walk.ask(`POST /v1/messages/{id}/${operation}`, Sent, to);
    const { api } = walk.given;
    walk.undo(`delete the ${operation}`, () => api.call('DELETE', `/v1/messages/${id}`));
    walk.expect(status !== 'queued' && status !== 'sending', 'it was not sent in time');
  };
  const actions = {
    reactToMessage: {
      title: 'react to a message',
      run: async () => {
        const ask = { id: idOf('text'), body: { emoji: '👍🏽' } };
        const { reactions } = await walk.ask('POST /v1/messages/{id}/react', Reactions, ask);
        walk.expect(
          reactions.some(({ emoji }) => emoji === '👍🏽'),
          'the reaction is not there',
        );
        await walk.see('Does the text have a thumb?');
        const none = { id: idOf('text'), body: { emoji: null } };
        const after = await walk.ask('POST /v1/messages/{id}/react', Reactions, none);
        walk.expect(after.reactions.length === 0, 'the reaction is still there');
      },
    },
    editMessage: {
      title: 'edit a message',
      run: async () => {
        const text = 'Waypost smoke test, edited';
        const ask = { id: idOf('text'), body: { text } };
        const { content } = await walk.ask('PATCH /v1/messages/{id}', Edited, ask);
        walk.expect(content.text === text, 'the text is the old one');
        await walk.see('Does the text say “edited”?');
      },
    },
    starMessage: {
      title: 'star a message',
      run: async () => {
        for (const starred of [true, false])
          await walk.call('POST /v1/messages/{id}/star', { id: idOf('text'), body: { starred } });
      },
    },
    pinMessage: {
      title: 'pin a message',
      run: async () => {
        const pin = { id: idOf('text'), body: { duration: '24h' } };
        await walk.call('POST /v1/messages/{id}/pin', pin);
        await walk.see('Is the text pinned in its chat?');
        const unpin = { id: idOf('text'), body: { pinned: false } };
        await walk.call('POST /v1/messages/{id}/pin', unpin);
      },
    },
    deleteMessage: {
      title: 'delete a message for everyone',
      run: async () => {
        await walk.call('DELETE /v1/messages/{id}', { id: idOf('sticker') });
        await walk.see('Does the phone say that the sticker was deleted?');
      },
    },
  } satisfies Record<string, Step>;

  const others: Step[] = [
    { title: 'reply with a quote', run: () => send('reply', { text: 'A reply' }) },
    { title: 'forward a message', run: () => send('forward', { to: walk.chatId }) },
    {
      title: 'receive a message',
      run: async () => {
        const { api, session, person } = walk.given;
        const from = `+${walk.given.other ?? '15550100001'}`;
        const path = `/v1/sessions/${session.id}/sandbox/messages`;
        await walk.eventAfter('message.received', async () =>
          session.isSandbox
            ? (await api.call('POST', path, { body: { from, text: 'ping' } })).status === 200
            : person.does('Write to this number from another phone.'),
        );
      },
    },
    {
      title: 'receive a vote',
      run: async () => {
        const vote = await walk.eventAfter('message.poll_vote', () =>
          walk.given.person.does('Vote in the poll from another phone.'),
        );
        const { options } = z.object({ options: z.array(z.string()) }).parse(vote);
        walk.expect(options.length > 0, 'the vote says nothing');
      },
    },
  ];
  return { actions, others };
};
