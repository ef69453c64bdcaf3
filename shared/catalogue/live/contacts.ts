import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { row } from '../row.ts';
import { ADA, KnownPerson } from '../person.ts';
import { ListEnd, listInput } from './fields.ts';

const chatId = z.string();

export const NumberCheck = z.object({
  id: z.string().describe('The chat id that the request named.'),
  exists: z
    .union([z.boolean(), z.literal('unknown')])
    .describe('`unknown`: WhatsApp could not be asked now.'),
  chatId: z
    .string()
    .nullable()
    .describe('The id that WhatsApp has for the account, which may differ from the one asked for.'),
  lid: z.string().nullable().describe('LID, the id that hides the phone number.'),
  // A runner of an earlier version does not say it.
  username: KnownPerson.shape.username.default(null),
});
export type NumberCheck = z.output<typeof NumberCheck>;

export const ContactIds = KnownPerson.pick({ id: true, lid: true, phone: true, username: true });

export const ContactSummary = KnownPerson.extend({
  saved: z.boolean().describe('In the address book of the phone.'),
  business: z.boolean(),
  blocked: z.boolean(),
});
export type ContactSummary = z.output<typeof ContactSummary>;

export const Contact = ContactSummary.extend({
  about: z.string().nullable().describe('What the person says of themselves, if they show it.'),
  pictureUrl: z
    .string()
    .nullable()
    .describe('Where WhatsApp keeps the picture, for some days; null if it is hidden.'),
});

const CONTACT: z.output<typeof Contact> = {
  ...ADA,
  saved: true,
  business: false,
  blocked: false,
  about: 'Hey there! I am using WhatsApp.',
  pictureUrl: null,
};
const { about: _about, pictureUrl: _pictureUrl, ...SUMMARY } = CONTACT;

/** Operations on people. */
export const CONTACT_OPERATIONS = {
  /** Whether a number or LID is on WhatsApp, or a group is known. Returns both ids if both are known. */
  isOnWhatsApp: row({
    input: z.object({ chatId }),
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
  /** The same for many people. A Brazilian number is tried with and without its ninth digit. */
  checkContacts: row({
    input: z.object({ ids: z.array(chatId).min(1).max(LIMITS.checkedNumbers.limit) }),
    output: z.object({ results: z.array(NumberCheck) }),
    patienceMs: 60_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { ids: [ADA.id] },
      output: {
        results: [{ id: ADA.id, exists: true, chatId: ADA.id, lid: ADA.lid, username: null }],
      },
    },
  }),
  /** People whom the page knows, by id. `saved` narrows to those in the address book or to all others, `blocked` to the block list or to all others. */
  listContacts: row({
    input: listInput.extend({ saved: z.boolean().nullable(), blocked: z.boolean().nullable() }),
    output: z.object({ contacts: z.array(ContactSummary), next: ListEnd.nullable() }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { after: null, limit: 20, saved: null, blocked: null },
      output: { contacts: [SUMMARY], next: null },
    },
  }),
  getContact: row({
    input: z.object({ chatId }),
    output: Contact,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { chatId: ADA.id }, output: CONTACT },
  }),
  /** LID and phone of a person, whichever of the two is asked for. */
  getContactIds: row({
    input: z.object({ chatId }),
    output: ContactIds,
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { chatId: ADA.id },
      output: { id: ADA.id, lid: ADA.lid, phone: ADA.phone, username: ADA.username },
    },
  }),
  blockContact: row({
    input: z.object({ chatId, blocked: z.boolean() }),
    output: ContactSummary,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { chatId: ADA.id, blocked: false }, output: SUMMARY },
  }),
};
