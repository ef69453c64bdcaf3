import { z } from 'zod';
import { row } from '../row.ts';
import { ADA, KnownPerson } from '../person.ts';
import { Picture } from './fields.ts';

export const Profile = KnownPerson.extend({
  about: z.string().nullable().describe('What the number says of itself.'),
  pictureUrl: z.string().nullable().describe('Where WhatsApp keeps the picture, for some days.'),
});
const PROFILE: z.output<typeof Profile> = { ...ADA, about: 'At the desk', pictureUrl: null };

/** Operations on the session's own profile. Every change answers with what was read back after it. */
export const PROFILE_OPERATIONS = {
  getProfile: row({
    input: z.object({}),
    output: Profile,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: {}, output: PROFILE },
  }),
  /** What is left out stays. */
  updateProfile: row({
    input: z.object({ name: z.string().exactOptional(), about: z.string().exactOptional() }),
    output: Profile,
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { about: 'At the desk' }, output: PROFILE },
  }),
  /** A JPEG or PNG, cut to a square; null removes the picture. */
  setProfilePicture: row({
    input: z.object({ picture: Picture.nullable() }),
    output: Profile,
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { picture: null }, output: PROFILE },
  }),
};
