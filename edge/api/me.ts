import { getMe } from '../services/me/get-me.ts';
import { updateMe } from '../services/me/update-me.ts';
import { acceptInvitation } from '../services/workspace/accept-invitation.ts';
import { AcceptedInvitation, AcceptInvitation, MeSchema, UpdateMe } from './me/schemas.ts';
import { area, operation } from './operation.ts';
import { users } from './takes.ts';

export const me = area('Account', [
  operation({
    id: 'getMe',
    method: 'get',
    path: '/v1/me',
    takes: users,
    beyondWorkspace: true,
    summary: 'Get the signed-in person',
    answer: [200, 'The signed-in person.', MeSchema],
    run: ({ ctx }) => getMe({ ctx }),
  }),
  operation({
    id: 'updateMe',
    method: 'patch',
    path: '/v1/me',
    takes: users,
    beyondWorkspace: true,
    summary: 'Change the signed-in person',
    description: 'Omitted fields stay as they are.',
    body: { schema: UpdateMe, example: { name: 'Ann Example', timeZone: 'Europe/Berlin' } },
    answer: [200, 'The signed-in person.', MeSchema],
    errors: ['NOT_FOUND'],
    run: ({ ctx, body }) => updateMe({ ctx, input: body }),
  }),
  operation({
    id: 'acceptInvitation',
    method: 'post',
    path: '/v1/invitations/accept',
    takes: users,
    beyondWorkspace: true,
    summary: 'Accept an invitation',
    description:
      'For the person whose verified address was invited. To act in that workspace from then on, `PATCH /v1/me` with its `workspaceId`.',
    body: {
      schema: AcceptInvitation,
      example: { token: 'mXn8Vb2wQm0aT3y6Kk1rZ5pLd7cHs9eUf4gJx0iWvYA' },
    },
    answer: [200, 'The workspace that was joined.', AcceptedInvitation],
    errors: ['NOT_FOUND', 'EXPIRED'],
    run: ({ ctx, body }) => acceptInvitation({ ctx, input: body }),
  }),
]);
