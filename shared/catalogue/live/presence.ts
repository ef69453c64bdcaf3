import { z } from 'zod';
import { row } from '../row.ts';
import { ADA } from '../person.ts';

export const Presence = z.object({
  id: z.string().describe('Phone id (`…@c.us`) where it is known, else the LID (`…@lid`).'),
  online: z.boolean().nullable().describe('Null if the person does not show it.'),
  lastSeenAt: z.iso
    .datetime()
    .nullable()
    .describe('When the person was last online; null while they are, and if they do not show it.'),
  doing: z
    .enum(['typing', 'recording'])
    .nullable()
    .describe('What the person does in the chat with this number.'),
});

export const PresenceSubscription = z.object({
  id: Presence.shape.id,
  subscribed: z.boolean(),
});

export const PRESENCE_OPERATIONS = {
  /** Asks WhatsApp to report on a person, once for each connection, and waits a moment for the first word. */
  getPresence: row({
    input: z.object({ chatId: z.string() }),
    output: Presence,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { chatId: ADA.id },
      output: { id: ADA.id, online: true, lastSeenAt: null, doing: 'typing' },
    },
  }),
  /** From then on the session reports on the person, or no longer. `ids` are all that the page knows of them, `id` first. */
  subscribePresence: row({
    input: z.object({ chatId: z.string(), subscribed: z.boolean() }),
    output: z.object({ id: z.string(), ids: z.array(z.string()) }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { chatId: ADA.id, subscribed: true },
      output: { id: ADA.id, ids: [ADA.id, '90000000001@lid'] },
    },
  }),
};
