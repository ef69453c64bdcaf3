import { z } from '@hono/zod-openapi';
import { LimitedText } from '../../../shared/catalogue/kinds/kind.ts';
import { PLAIN_KINDS } from '../../../shared/catalogue/kinds/plain.ts';
import { INBOUND_TYPES } from '../../../shared/catalogue/message-kinds.ts';

import { Name } from '../name-fields.ts';
import { Person, PhoneNumber, Recipient } from '../recipient-fields.ts';

export { SessionRef } from '../sessions/schemas.ts';

export const Done = z.object({}).openapi('SandboxDone', { example: {} });

export const SandboxState = z
  .record(z.string(), z.unknown())
  .openapi('SandboxState', { example: { linked: true, online: true } });

export const ScanSandbox = z.strictObject({
  phone: PhoneNumber.optional().openapi({
    description: 'Number of the phone. Without it, one is made up.',
  }),
  name: Name.optional(),
  pairingCode: z
    .string()
    .regex(/^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$/, 'eight letters and digits')
    .optional()
    .openapi({ description: 'Types this code on the phone instead of scanning the QR code.' }),
});

export const SandboxScanned = z
  .object({ phoneNumber: z.string() })
  .openapi('SandboxScanned', { example: { phoneNumber: '15550100001' } });

export const SandboxMessage = z.strictObject({
  from: Person.openapi({ description: 'Phone number or LID of the sender.' }),
  name: Name.optional(),
  chatId: Recipient.optional().openapi({
    description:
      'A group that the sender is in; by default the chat with the sender. For a message from the session’s own phone, any chat.',
  }),
  type: z.enum(INBOUND_TYPES).default('text'),
  text: LimitedText.optional(),
  location: z
    .strictObject(PLAIN_KINDS.location.fields)
    .optional()
    .openapi({ description: 'Of a message of type `location`.' }),
  vcard: LimitedText.optional().openapi({ description: 'Of a message of type `contact`.' }),
  poll: z
    .strictObject(PLAIN_KINDS.poll.fields)
    .optional()
    .openapi({ description: 'Of a message of type `poll`.' }),
  media: z
    .strictObject({
      base64: z.base64(),
      mimetype: z.string().max(100),
      filename: z.string().max(200).optional(),
    })
    .optional(),
  quotedMessageId: z.string().max(100).optional(),
});

export const SandboxReceived = z
  .object({ wireId: z.string() })
  .openapi('SandboxReceived', { example: { wireId: '3A5F0C431C26A1916E07' } });

export const SandboxAcks = z
  .strictObject({
    messageId: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: 'The message to acknowledge now.' }),
    ack: z
      .number()
      .int()
      .min(-1)
      .max(4)
      .refine((ack) => ack !== 0, 'must be -1, or 1 to 4')
      .optional()
      .openapi({ description: '1 server, 2 delivered, 3 read, 4 played, -1 error.' }),
    delaysMs: z.tuple([z.number().int(), z.number().int(), z.number().int()]).optional().openapi({
      description: 'Delays of acks 1, 2 and 3 of later sends, in milliseconds; -1 for never.',
    }),
  })
  .refine((body) => (body.messageId === undefined) === (body.ack === undefined), {
    path: ['ack'],
    message: 'messageId and ack go together',
  });

export const SandboxNetwork = z.strictObject({
  online: z.boolean(),
  forMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .openapi({ description: 'Milliseconds after which the network changes back by itself.' }),
});
