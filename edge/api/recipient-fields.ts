import { z } from '@hono/zod-openapi';
import { parsePhoneNumber, parseRecipient } from '../../shared/recipient.ts';
import { readBy } from '../http/read-by.ts';

/** A text, or a number as JSON has it. */
const Written = z.union([z.string().max(200), z.number()]);

/** Whom a message is for: read into a chat id. */
export const Recipient = readBy(Written, (value) => parseRecipient(value)).openapi({
  type: 'string',
  description:
    'A phone number with its country code, in any common notation, or a chat id. Links such as https://wa.me/15550100001 work too.',
  example: '+15550100001',
});

/** A phone number: read into bare digits with the country code. */
export const PhoneNumber = readBy(Written, (value) => parsePhoneNumber(value)).openapi({
  type: 'string',
  description: 'A phone number with its country code, in any common notation.',
  example: '+15550100001',
});
