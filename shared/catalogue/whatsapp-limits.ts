import { z } from 'zod';

/** WhatsApp's cap on new chats, from none to one that is reached. */
export const NEW_CHAT_CAPS = ['none', 'first_warning', 'second_warning', 'capped'] as const;

const Moment = z.iso.datetime().nullable();

/** What WhatsApp limits the number to, as its page reports it. */
export const WhatsAppLimits = z
  .object({
    newChats: z
      .object({
        status: z
          .enum(NEW_CHAT_CAPS)
          .describe(
            '`capped`: no more new chats until the cycle is over. Two warnings come before it.',
          ),
        used: z.number().int().nullable().describe('New chats in this cycle.'),
        quota: z.number().int().nullable().describe('As many are allowed.'),
        cycleStartsAt: Moment.describe('When the cycle began.'),
        cycleEndsAt: Moment.describe('When the next one begins.'),
      })
      .nullable()
      .describe(
        'The cap on messages to new chats that were not answered. Null: WhatsApp Web does not report it.',
      ),
    timeLock: z
      .object({
        active: z.boolean().describe('Messages to people who have not written fail.'),
        until: Moment.describe('When the restriction ends.'),
      })
      .nullable()
      .describe('A restriction after reports of spam. Null: WhatsApp Web does not report it.'),
  })
  .meta({
    id: 'WhatsAppLimits',
    description: 'What WhatsApp limits the number to. Of a session, null until it has been online.',
  });
export type WhatsAppLimits = z.infer<typeof WhatsAppLimits>;

export const WHATSAPP_LIMITS_EXAMPLE: WhatsAppLimits = {
  newChats: {
    status: 'first_warning',
    used: 40,
    quota: 50,
    cycleStartsAt: '2026-11-01T00:00:00.000Z',
    cycleEndsAt: '2026-12-01T00:00:00.000Z',
  },
  timeLock: { active: false, until: null },
};
