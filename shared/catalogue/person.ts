import { z } from 'zod';

/** A person as far as they are known: whoever hides the number has no `phone`. */
export const KnownPerson = z
  .object({
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
      .describe('The name in the address book or in the person’s own profile.'),
  })
  .meta({ 'x-component': 'Person' });
export type KnownPerson = z.output<typeof KnownPerson>;

/** A person of whom at least one id is known. @param id phone id or LID */
export const personOf = ({
  id,
  lid = id.endsWith('@lid') ? id : null,
  username = null,
  name = null,
}: { id: string } & Partial<Omit<KnownPerson, 'phone'>>): KnownPerson => ({
  id,
  lid,
  phone: id.endsWith('@c.us') ? id.slice(0, -'@c.us'.length) : null,
  username,
  name,
});

/**
 * A person in a report. A runner of an earlier version reports `id`, `lid` and `name` alone, and of whom a message mentions
 * the id.
 */
export const ReportedPerson = z.preprocess((reported) => {
  if (typeof reported === 'string') return personOf({ id: reported });
  const known = z.looseObject({ id: z.string() }).safeParse(reported);
  return known.success ? { ...personOf(known.data), ...known.data } : reported;
}, KnownPerson);

/** For examples of rows. */
export const ADA: KnownPerson = personOf({
  id: '15550100001@c.us',
  lid: '90000000001@lid',
  name: 'Ada',
});
