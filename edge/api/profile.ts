import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { LIVE_ERRORS, relay } from './ask-live.ts';
import { area, operation } from './operation.ts';
import { PICTURE_LIMIT_BYTES, SetPicture } from './picture-field.ts';
import { ProfileSchema, UpdateProfile } from './profile/schemas.ts';
import { SessionChoice } from './session-choice.ts';
import { scope } from './takes.ts';

/** What others see of the session's own number. */
export const profile = area('Profile', [
  operation({
    id: 'getProfile',
    method: 'get',
    path: '/v1/profile',
    takes: scope('profile:read'),
    summary: "Get the profile of the session's number",
    query: SessionChoice,
    answer: [200, 'The profile.', ProfileSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, query: { sessionId } }) => relay(ctx, sessionId, 'getProfile', {}),
  }),
  operation({
    id: 'updateProfile',
    method: 'patch',
    path: '/v1/profile',
    takes: scope('profile:write'),
    summary: 'Change name or about of the profile',
    description: 'Business accounts change their name on the phone; here it is `NOT_SUPPORTED`.',
    body: { schema: UpdateProfile, example: { about: 'At the desk' } },
    answer: [200, 'The profile.', ProfileSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, body: { sessionId, name, about } }) => {
      const changes = {
        ...(name !== undefined && { name }),
        ...(about !== undefined && { about: about ?? '' }),
      };
      return relay(ctx, sessionId, 'updateProfile', changes);
    },
  }),
  operation({
    id: 'setProfilePicture',
    method: 'put',
    path: '/v1/profile/picture',
    takes: scope('profile:write'),
    summary: 'Set the picture of the profile',
    body: {
      schema: SetPicture,
      example: { base64: EXAMPLE_FILES.picture },
      limitBytes: PICTURE_LIMIT_BYTES,
    },
    answer: [200, 'The profile.', ProfileSchema],
    errors: [...LIVE_ERRORS, 'MEDIA_REJECTED'],
    run: ({ ctx, body: { sessionId, base64: picture } }) =>
      relay(ctx, sessionId, 'setProfilePicture', { picture }),
  }),
  operation({
    id: 'deleteProfilePicture',
    method: 'delete',
    path: '/v1/profile/picture',
    takes: scope('profile:write'),
    summary: 'Remove the picture of the profile',
    query: SessionChoice,
    answer: [200, 'The profile.', ProfileSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, query: { sessionId } }) =>
      relay(ctx, sessionId, 'setProfilePicture', { picture: null }),
  }),
]);
