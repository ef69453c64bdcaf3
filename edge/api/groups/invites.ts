import { LIVE_ERRORS, relay } from '../ask-live.ts';
import { operation, type Row } from '../operation.ts';
import { scope } from '../takes.ts';
import { GroupInviteSchema, GroupPreviewSchema, JoinedGroupSchema } from './answers.ts';
import { GroupRef, JoinGroup } from './schemas.ts';
import { SessionChoice } from '../session-choice.ts';

/** Invite links. */
export const groupInvites: readonly Row[] = [
  operation({
    id: 'joinGroup',
    method: 'post',
    path: '/v1/groups/join',
    takes: scope('groups:write'),
    summary: 'Join a group by its invite link',
    body: {
      schema: JoinGroup,
      example: { invite: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' },
    },
    answer: [200, 'The group, and whether an admin has to approve first.', JoinedGroupSchema],
    errors: LIVE_ERRORS,
    run: async ({ ctx, body: { sessionId, invite } }) =>
      relay(ctx, sessionId, 'joinGroup', { code: invite }),
  }),
  operation({
    id: 'previewGroup',
    method: 'post',
    path: '/v1/groups/preview',
    takes: scope('groups:read'),
    summary: 'Get the group that an invite link leads to',
    description: 'Changes nothing. Whoever has a link can join, so the link goes into the body.',
    body: {
      schema: JoinGroup,
      example: { invite: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' },
    },
    answer: [200, 'What an invitation shows.', GroupPreviewSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, body: { sessionId, invite } }) =>
      relay(ctx, sessionId, 'previewGroupInvite', { code: invite }),
  }),
  operation({
    id: 'getGroupInvite',
    method: 'get',
    path: '/v1/groups/{id}/invite',
    takes: scope('groups:write'),
    summary: 'Get the invite link of a group',
    description: 'Needs an admin. Whoever has the link can join, so treat it as a credential.',
    params: GroupRef,
    query: SessionChoice,
    answer: [200, 'The link.', GroupInviteSchema],
    errors: LIVE_ERRORS,
    noStore: true,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getGroupInvite', { groupId: params.id }),
  }),
  operation({
    id: 'revokeGroupInvite',
    method: 'delete',
    path: '/v1/groups/{id}/invite',
    takes: scope('groups:write'),
    summary: 'Replace the invite link of a group',
    description: 'Needs an admin. The old link stops working at once; the answer has the new one.',
    params: GroupRef,
    query: SessionChoice,
    answer: [200, 'The new link.', GroupInviteSchema],
    errors: LIVE_ERRORS,
    noStore: true,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'revokeGroupInvite', { groupId: params.id }),
  }),
];
