import { type ChatSort, chatSortOf } from '../../shared/catalogue/kinds/kind.ts';
import { AppError } from '../../shared/errors.ts';
import { parseRecipient } from '../../shared/recipient.ts';
import { z } from '@hono/zod-openapi';
import { readBy } from '../http/read-by.ts';

const chatId = (sort: ChatSort | null, refusal: string) =>
  readBy(z.string().max(100), (text) => {
    const id = parseRecipient(text);
    if (sort === null || chatSortOf(id) === sort) return id;
    throw new AppError('VALIDATION_ERROR', refusal);
  });

/** The id of any chat as a path takes it: read into WhatsApp Web's spelling. A number there has its country code. */
export const ChatId = chatId(null, '');
export const PersonId = chatId('person', 'Write the phone number or LID of a person.');
export const ChannelId = chatId('channel', 'A channel id is <digits>@newsletter.');
export const GroupId = chatId('group', 'A group id is <digits>@g.us.');
