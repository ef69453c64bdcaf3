import { z } from 'zod';
import { row } from '../row.ts';
import { ADA, KnownPerson } from '../person.ts';

/** Where a message is: its chat, and the key or wire id that WhatsApp knows it by. */
const place = { chatId: z.string(), reference: z.string() };
const PLACE = { chatId: ADA.id, reference: 'true_15550100001@c.us_3EB0C431C26A1916E07A5D' };
/** Unix ms, as WhatsApp Web noted it. */
const at = z.number().int();
const AT = 1_795_603_318_000;

/**
 * Operations on one message. What WhatsApp does not allow is CONFLICT with a `reason` in `details`, or FORBIDDEN where a right
 * is missing; a message that the session does not have is NOT_FOUND. Each answers with what the page shows after it.
 */
export const MESSAGE_OPERATIONS = {
  /** An empty `emoji` removes the session's reaction. */
  reactToMessage: row({
    input: z.object({ ...place, emoji: z.string() }),
    output: z.object({ emoji: z.string(), at, by: KnownPerson }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...PLACE, emoji: '👍' }, output: { emoji: '👍', at: AT, by: ADA } },
  }),
  /** The text, or the caption of a file. `at` is null for a text that is the same and was never edited. */
  editMessage: row({
    input: z.object({ ...place, text: z.string() }),
    output: z.object({ text: z.string(), at: at.nullable() }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...PLACE, text: 'Hi there' }, output: { text: 'Hi there', at: AT } },
  }),
  deleteMessage: row({
    input: z.object({ ...place, for: z.enum(['everyone', 'me']) }),
    output: z.object({ at }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...PLACE, for: 'everyone' }, output: { at: AT } },
  }),
  /** Begins to fetch the message's file again; what comes of it is reported as the fact `message.media`. */
  downloadMedia: row({
    input: z.object({
      ...place,
      wireId: z.string(),
      mimetype: z.string(),
      filename: z.string().nullable(),
      sizeBytes: z.number().int(),
    }),
    output: z.object({ begun: z.literal(true) }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: {
        chatId: ADA.id,
        reference: 'false_15550100001@c.us_3A5F0C431C26A1916E07',
        wireId: '3A5F0C431C26A1916E07',
        mimetype: 'image/jpeg',
        filename: null,
        sizeBytes: 48_213,
      },
      output: { begun: true },
    },
  }),
  starMessage: row({
    input: z.object({ ...place, starred: z.boolean() }),
    output: z.object({ starred: z.boolean() }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...PLACE, starred: true }, output: { starred: true } },
  }),
  /** Pins it in its chat for so many seconds; 0 unpins it. */
  pinMessage: row({
    input: z.object({ ...place, seconds: z.number().int().min(0) }),
    output: z.object({ until: at.nullable() }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...PLACE, seconds: 86_400 }, output: { until: AT + 86_400_000 } },
  }),
};
