import { z } from '@hono/zod-openapi';
import {
  Contact,
  CONTACT_OPERATIONS,
  ContactIds,
  ContactSummary,
  NumberCheck,
} from '../../../shared/catalogue/live/contacts.ts';
import {
  Presence,
  PRESENCE_OPERATIONS,
  PresenceSubscription,
} from '../../../shared/catalogue/live/presence.ts';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { LivePageQuery } from '../../http/live-cursor.ts';
import { PersonId } from '../chat-ids.ts';
import { Person } from '../recipient-fields.ts';
import { SessionChoice, sessionField } from '../session-choice.ts';

const { checkContacts, getContact, getContactIds, blockContact } = CONTACT_OPERATIONS;

export const ContactRef = z.object({
  id: PersonId.openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description: 'A phone number with its country code, a phone id or a LID.',
    example: '15550100001@c.us',
  }),
});

export const ContactListQuery = SessionChoice.extend({
  saved: z.enum(['true', 'false']).optional().openapi({
    description: '`true` lists the address book, `false` everybody else.',
  }),
  blocked: z.enum(['true', 'false']).optional().openapi({
    description: '`true` lists the block list, `false` everybody else.',
  }),
  ...LivePageQuery,
});

export const CheckContacts = z.strictObject({
  ...sessionField,
  numbers: z.array(Person).min(1).max(LIMITS.checkedNumbers.limit),
});

export const NumberCheckSchema = z
  .object({ ...NumberCheck.shape, username: NumberCheck.shape.username.removeDefault() })
  .openapi('NumberCheck', { example: checkContacts.example.output.results[0] });
export const ContactSchema = z
  .object(Contact.shape)
  .openapi('Contact', { example: getContact.example.output });
export const ContactSummarySchema = z
  .object(ContactSummary.shape)
  .openapi('ContactSummary', { example: blockContact.example.output });
export const ContactIdsSchema = z
  .object(ContactIds.shape)
  .openapi('ContactIds', { example: getContactIds.example.output });
export const PresenceSchema = z
  .object(Presence.shape)
  .openapi('Presence', { example: PRESENCE_OPERATIONS.getPresence.example.output });
export const PresenceSubscriptionSchema = z
  .object(PresenceSubscription.shape)
  .openapi('PresenceSubscription', { example: { id: '15550100001@c.us', subscribed: true } });
