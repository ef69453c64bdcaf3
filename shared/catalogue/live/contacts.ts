import { z } from 'zod';
import { row } from '../row.ts';

/** Operations on people. */
export const CONTACT_OPERATIONS = {
  /** Whether a number or LID is on WhatsApp, or a group is known. Returns both ids if both are known. */
  isOnWhatsApp: row({
    input: z.object({ chatId: z.string() }),
    output: z.object({
      exists: z.boolean(),
      chatId: z.string().nullable(),
      lid: z.string().nullable(),
    }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { chatId: '15550100001@c.us' },
      output: { exists: true, chatId: '15550100001@c.us', lid: null },
    },
  }),
};
