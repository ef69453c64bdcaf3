import { z } from 'zod';

/** Somebody of whom an event tells. */
export const Person = z
  .object({
    id: z.string().describe('Phone id (`…@c.us`) where it is known, else the LID (`…@lid`).'),
    lid: z.string().nullable().describe('LID, the id that hides the phone number.'),
    name: z.string().nullable().describe('The name in the person’s own profile.'),
  })
  .meta({ 'x-component': 'Person' });

/** For examples of rows. */
export const ADA = { id: '15550100002@c.us', lid: '90000000001@lid', name: 'Ada' };
