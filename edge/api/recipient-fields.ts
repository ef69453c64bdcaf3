import { z } from '@hono/zod-openapi';
import { chatSortOf } from '../../shared/catalogue/kinds/kind.ts';
import { AppError } from '../../shared/errors.ts';
import { localDigits, parsePhoneNumber, parseRecipient } from '../../shared/recipient.ts';
import { readBy } from '../http/read-by.ts';
import type { Addressee, WrittenPhone } from '../services/workspace/local-numbers.ts';

/** A text, or a number as JSON has it. */
export const Written = z.union([z.string().max(200), z.number().int().positive()]);

/** A chat. What a number without country code means is read where the workspace's country is known. */
export const Recipient = readBy(Written, readAddressee).openapi({
  type: 'string',
  description:
    'A phone number in any common notation, with its country code unless the workspace has a `defaultCountry`, or a chat id. Links such as https://wa.me/15550100001 work too.',
  example: '+15550100001',
});

/** A person by phone number or id. */
export const Person = readBy(Written, readPerson).openapi({
  type: 'string',
  description:
    'A phone number in any common notation, with its country code unless the workspace has a `defaultCountry`, or a LID.',
  example: '+15550100001',
});

function readAddressee(value: string | number): Addressee {
  const local = localDigits(value);
  return local === null ? { chatId: parseRecipient(value) } : { local };
}

export function readPerson(value: string | number): Addressee {
  const person = readAddressee(value);
  if ('local' in person || chatSortOf(person.chatId) === 'person') return person;
  throw new AppError('VALIDATION_ERROR', 'Write the phone number or LID of a person.');
}

/** A phone number: read into bare digits, unless the workspace's country has a say in it. */
export const PhoneNumber = readBy(Written, (value): WrittenPhone => {
  const local = localDigits(value);
  return local === null ? { digits: parsePhoneNumber(value) } : { local };
}).openapi({
  type: 'string',
  description: 'A phone number, in any common notation.',
  example: '+15550100001',
});
