import { z } from 'zod';

/** What the requests of the control API are made of. */

export const world = z.string().min(1).max(200);
/** A phone in any spelling: `+1 555 010 0001`, digits, or `<digits>@c.us`. */
export const phone = z.string().min(5).max(40);
export const wireId = z.string().min(1);
export const at = z.object({ world, account: phone });
export const done = z.object({});

const messageTypes = [
  'text',
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
  'ciphertext',
] as const;

export const incomingSchema = at.extend({
  /** Who writes. The account's own phone writes to `chat` when this is the account itself. */
  from: phone,
  pushname: z.string().optional(),
  /** Group jid, or (from the account's own phone) the chat written to. */
  chat: z.string().optional(),
  type: z.enum(messageTypes).default('text'),
  /** Of a `ciphertext`: what it says once the device asks the phone to send it again. Left out, the phone does not. */
  body: z.string().optional(),
  caption: z.string().optional(),
  mediaBase64: z.string().optional(),
  mimetype: z.string().optional(),
  filename: z.string().optional(),
  quotedWireId: wireId.optional(),
  mentions: z.array(phone).optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  /** Contact cards, for type `contact`. */
  vcard: z.string().optional(),
  pollOptions: z.array(z.string()).optional(),
  pollMultiple: z.boolean().default(true),
  forwarded: z.boolean().optional(),
});
