import { z } from 'zod';
import { LIMITS } from '../limits.ts';

/** A person as WhatsApp Web knows them. Whoever hides the number has no `phone`. */
export const KnownPerson = z.object({
  id: z.string().describe('Phone id (`…@c.us`) where it is known, else the LID (`…@lid`).'),
  lid: z.string().nullable().describe('LID, the id that hides the phone number.'),
  phone: z
    .string()
    .nullable()
    .describe('The phone number in digits with the country code; null if WhatsApp hides it.'),
  username: z.string().nullable().describe('The name that others can find the person by.'),
  name: z
    .string()
    .nullable()
    .describe('The name in the address book, or else the one in the person’s own profile.'),
});
export type KnownPerson = z.output<typeof KnownPerson>;

/** Where a page of a list ended: Unix seconds of the last row, and its id. */
export const ListEnd = z.object({ t: z.number().int(), id: z.string() });
export type ListEnd = z.output<typeof ListEnd>;

/** A page of a list that goes from new to old. */
export const listInput = z.object({
  after: ListEnd.nullable(),
  limit: z.number().int().min(1).max(LIMITS.pageRows.limit),
});

/** An image as a page reads it, in base64. */
export const Picture = z.object({ mimetype: z.string(), base64: z.string() });
export type Picture = z.output<typeof Picture>;

/** For examples of rows. */
export const ADA: KnownPerson = {
  id: '15550100001@c.us',
  lid: '90000000001@lid',
  phone: '15550100001',
  username: null,
  name: 'Ada',
};
