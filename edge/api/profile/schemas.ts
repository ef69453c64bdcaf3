import { z } from '@hono/zod-openapi';
import { Profile, PROFILE_OPERATIONS } from '../../../shared/catalogue/live/profile.ts';
import { nameOf } from '../name-fields.ts';
import { sessionField } from '../session-choice.ts';

export const UpdateProfile = z
  .strictObject({
    ...sessionField,
    name: nameOf(25).optional(),
    about: z.string().max(139).nullable().optional().openapi({ description: '`null` removes it.' }),
  })
  .refine(({ name, about }) => name !== undefined || about !== undefined, 'pass `name` or `about`');

export const ProfileSchema = z
  .object(Profile.shape)
  .openapi('Profile', { example: PROFILE_OPERATIONS.getProfile.example.output });
