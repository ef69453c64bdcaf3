import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';
import { parsePhoneNumber, parseRecipient } from '../../shared/recipient.ts';

/** A text, or a number as JSON has it, that a parser reads; what it refuses is an issue of the field like any other. */
const readBy = (parse: (value: string | number) => string) =>
  z.union([z.string().max(200), z.number()]).transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

/** Whom a message is for: read into a chat id. */
export const Recipient = readBy((value) => parseRecipient(value)).openapi({
  type: 'string',
  description:
    'A phone number with its country code, in any common notation, or a chat id. Links such as https://wa.me/15550100001 are understood.',
  example: '+15550100001',
});

/** A phone number: read into bare digits with the country code. */
export const PhoneNumber = readBy((value) => parsePhoneNumber(value)).openapi({
  type: 'string',
  description: 'A phone number with its country code, in any common notation.',
  example: '+15550100001',
});
