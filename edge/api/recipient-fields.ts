import { z } from '@hono/zod-openapi';
import { chatSortOf } from '../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import { parsePhoneNumber, parseRecipient } from '../../shared/recipient.ts';
import { readBy } from '../http/read-by.ts';

/** A text, or a number as JSON has it. */
const Written = z.union([z.string().max(200), z.number().int().positive()]);

/** Whom a message is for: read into a chat id. */
export const Recipient = readBy(Written, (value) => parseRecipient(value)).openapi({
  type: 'string',
  description:
    'A phone number with its country code, in any common notation, or a chat id. Links such as https://wa.me/15550100001 work too.',
  example: '+15550100001',
});

/** A person by phone number or id: read into a chat id. */
export const Person = readBy(Written, readPerson).openapi({
  type: 'string',
  description: 'A phone number with its country code, in any common notation, or a LID.',
  example: '+15550100001',
});

function readPerson(value: string | number): string {
  const chatId = parseRecipient(value);
  if (chatSortOf(chatId) === 'person') return chatId;
  throw new AppError('VALIDATION_ERROR', 'Write the phone number or LID of a person.');
}

/** A phone number: read into bare digits with the country code. */
export const PhoneNumber = readBy(Written, (value) => parsePhoneNumber(value)).openapi({
  type: 'string',
  description: 'A phone number with its country code, in any common notation.',
  example: '+15550100001',
});
