import { z } from 'zod';
import { ShownAction, showAction } from '../../session-actions.ts';
import { SESSION_STATUSES } from '../../session-status.ts';
import { WHATSAPP_LIMITS_EXAMPLE, WhatsAppLimits } from '../whatsapp-limits.ts';
import { event, Time } from './row.ts';

const phoneNumber = z.string().nullable().describe('The linked number, once it is known.');
const Status = z.enum(SESSION_STATUSES);

export const SESSION_EVENTS = {
  'session.status': event({
    when: 'The status of a session changed, or the reason for it did.',
    data: {
      from: Status.describe('The status before.'),
      status: Status.describe('The status now.'),
      reason: z.string().describe('Why: a short code such as `ready` or `crash_loop`.'),
      phoneNumber,
      lid: z.string().nullable().describe("LID of the session's own account."),
      displayName: z.string().nullable().describe("Name of the session's own account."),
      action: ShownAction.optional().describe(
        'What the session waits for; only with `action_required`.',
      ),
      newPhoneNumber: z
        .string()
        .nullable()
        .optional()
        .describe('The other number that was linked; only with the action `number_changed`.'),
    },
    example: {
      from: 'online',
      status: 'action_required',
      reason: 'dialog',
      phoneNumber: '15550100001',
      lid: null,
      displayName: 'Support',
      action: showAction('dismiss_dialog'),
    },
  }),
  'session.qr': event({
    when: 'There is a new QR code to scan with the phone. Each one is valid for a short time only.',
    credential: 'qr',
    data: {
      qr: z
        .string()
        .nullable()
        .describe(
          'The text that the QR code encodes. A credential: null once it has expired, and for readers without `sessions:write`.',
        ),
      expiresAt: Time.describe('When it expires.'),
    },
    example: { qr: '2@Yw9Zc0J5,kT3,mQ8=', expiresAt: '2026-11-21T10:42:18.000Z' },
  }),
  'session.pairing_code': event({
    when: 'There is a new pairing code to type on the phone.',
    credential: 'code',
    data: {
      code: z
        .string()
        .nullable()
        .describe(
          'The code, without a dash. A credential: null once it has expired, and for readers without `sessions:write`.',
        ),
      expiresAt: Time.describe('When it expires.'),
    },
    example: { code: 'ABCD1234', expiresAt: '2026-11-21T10:44:58.000Z' },
  }),
  'session.limits': event({
    when: 'WhatsApp limits what the number may send, or the limit changed.',
    data: { whatsapp: WhatsAppLimits },
    example: { whatsapp: WHATSAPP_LIMITS_EXAMPLE },
  }),
  'session.phone_unseen': event({
    when: 'An online session has seen no sign of its phone for 12 days; WhatsApp unlinks a device after 14.',
    data: {
      phoneNumber,
      phoneSeenAt: Time.describe('The last sign of the phone.'),
      unlinkedAfter: Time.describe('When WhatsApp may unlink the session.'),
      advice: z.string().describe('What to do about it, in words.'),
    },
    example: {
      phoneNumber: '15550100001',
      phoneSeenAt: '2026-11-09T10:00:00.000Z',
      unlinkedAfter: '2026-11-23T10:00:00.000Z',
      advice: 'Open WhatsApp on the phone while it is connected to the internet.',
    },
  }),
  'session.restored_old_copy': event({
    when: 'A session continued from a copy without its newest keys, because the disk that has them is lost or was not back in time.',
    data: {
      version: z.number().int().describe('Number of the copy.'),
      copiedAt: Time.describe('When the copy was made.'),
      ageSeconds: z
        .number()
        .int()
        .describe('How old the copy was when the session continued from it.'),
      advice: z.string().describe('What follows from it, in words.'),
    },
    example: {
      version: 12,
      copiedAt: '2026-11-21T10:40:00.000Z',
      ageSeconds: 95,
      advice:
        'WhatsApp asks senders again for messages that cannot be read, so you need not do anything.',
    },
  }),
};
