import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { parsePhoneNumber, parseRecipient } from '../../recipient.ts';
import { chatSortOf } from './kind.ts';

/** A text that a parser reads; what the parser refuses is an issue of the field. */
const readAs = (parse: (written: string) => string) =>
  z
    .string()
    .max(200)
    .transform((written, context) => {
      try {
        return parse(written);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });

/** A phone number with its country code, in any common notation: read into `+<digits>`. */
export const PhoneText = readAs((written) => `+${parsePhoneNumber(written)}`).meta({
  type: 'string',
  description: 'With its country code.',
  example: '+15550100002',
});

const PersonId = readAs((written) => {
  const chatId = parseRecipient(written);
  if (chatSortOf(chatId) === 'person') return chatId;
  throw new AppError('VALIDATION_ERROR', 'Write the phone number or LID of a person.');
}).meta({ type: 'string', example: '+15550100002' });

const MAX_MENTIONS = 1_024;

/** Whom a text mentions, as chat ids. Nobody is `undefined`, however it was written. */
export const Mentions = z
  .union([z.literal('all'), z.literal(false), z.array(PersonId).max(MAX_MENTIONS)])
  .transform((mentions) => (mentions === false || mentions.length === 0 ? undefined : mentions))
  .optional()
  .meta({
    description:
      'People to notify, by phone number or id, or `"all"` for everybody in a group. They need not stand in the text; where `@` and their digits do, WhatsApp shows the name.',
    example: ['+15550100002'],
  });
export type Mentions = Exclude<z.output<typeof Mentions>, undefined>;
