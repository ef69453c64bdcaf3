import { z } from '@hono/zod-openapi';
import { createInvitation } from '../services/workspace/create-invitation.ts';
import { deleteInvitation } from '../services/workspace/delete-invitation.ts';
import { deleteMember } from '../services/workspace/delete-member.ts';
import { getWorkspace } from '../services/workspace/get-workspace.ts';
import { listInvitations } from '../services/workspace/list-invitations.ts';
import { listMembers } from '../services/workspace/list-members.ts';
import { updateMember } from '../services/workspace/update-member.ts';
import { updateWorkspace } from '../services/workspace/update-workspace.ts';
import { PageQuery } from '../http/cursor.ts';
import { Deleted } from './deleted.ts';
import { area, operation, withMeta } from './operation.ts';
import { owners, scope, users } from './takes.ts';
import {
  CreateInvitation,
  DeletedMember,
  InvitationId,
  InvitationSchema,
  KeysFate,
  MemberId,
  MemberSchema,
  UpdatedMember,
  UpdateMember,
  UpdateWorkspace,
  WorkspaceSchema,
} from './workspace/schemas.ts';

export const workspace = area('Workspace', [
  operation({
    id: 'getWorkspace',
    method: 'get',
    path: '/v1/workspace',
    takes: scope('workspace:read'),
    summary: 'Get the workspace',
    description:
      'The workspace that the credential acts in: its settings, its limit and its usage.',
    answer: [200, 'The workspace.', WorkspaceSchema],
    run: ({ ctx }) => getWorkspace({ ctx }),
  }),
  operation({
    id: 'updateWorkspace',
    method: 'patch',
    path: '/v1/workspace',
    takes: scope('workspace:write'),
    summary: 'Change the workspace’s settings',
    description:
      'For owners, and for live keys that are not pinned to a session. Omitted fields stay as they are.',
    body: {
      schema: UpdateWorkspace,
      example: { timeZone: 'Europe/Berlin', cleanupTime: '03:00' },
    },
    answer: [200, 'The workspace.', WorkspaceSchema],
    errors: ['SESSION_NOT_FOUND'],
    run: ({ ctx, body: { defaultSessionId, ...fields } }) =>
      updateWorkspace({ ctx, input: { ...fields, defaultSession: defaultSessionId } }),
  }),
  operation({
    id: 'listMembers',
    method: 'get',
    path: '/v1/workspace/members',
    takes: users,
    summary: 'List members, newest first',
    query: z.object(PageQuery),
    answer: [200, 'A page of members.', z.array(MemberSchema)],
    run: async ({ ctx, query: { cursor = null, limit } }) => {
      const { members, nextCursor } = await listMembers({ ctx, input: { cursor, limit } });
      return withMeta(members, { nextCursor });
    },
  }),
  operation({
    id: 'updateMember',
    method: 'patch',
    path: '/v1/workspace/members/{id}',
    takes: owners,
    summary: 'Change a member’s role or reach',
    description:
      'The last owner cannot be made a member. API keys that would then have more rights than their owner are revoked, unless you take them over.',
    params: MemberId,
    body: { schema: UpdateMember, example: { allSessions: true } },
    answer: [200, 'The member, and what became of their keys.', UpdatedMember],
    errors: ['NOT_FOUND', 'CONFLICT'],
    run: ({ ctx, params, body }) => updateMember({ ctx, input: { ...params, ...body } }),
  }),
  operation({
    id: 'deleteMember',
    method: 'delete',
    path: '/v1/workspace/members/{id}',
    takes: users,
    summary: 'Remove a member, or leave',
    description:
      'Owners can remove anybody, and everybody can leave, except the last owner. Access ends with the person’s next request. Their API keys are revoked, unless an owner takes them over. Webhook endpoints that they created are kept: `webhooks` lists them.',
    params: MemberId,
    query: z.object({ keys: KeysFate }),
    answer: [200, 'The person is no longer a member.', DeletedMember],
    errors: ['NOT_FOUND', 'CONFLICT'],
    run: ({ ctx, params, query }) => deleteMember({ ctx, input: { ...params, ...query } }),
  }),
  operation({
    id: 'listInvitations',
    method: 'get',
    path: '/v1/workspace/invitations',
    takes: owners,
    summary: 'List open invitations, newest first',
    answer: [200, 'All open invitations.', z.array(InvitationSchema)],
    run: ({ ctx }) => listInvitations({ ctx }),
  }),
  operation({
    id: 'createInvitation',
    method: 'post',
    path: '/v1/workspace/invitations',
    takes: owners,
    summary: 'Invite somebody',
    description:
      'Mails a link that works once, within seven days, while the owner who sent it remains one. Inviting an address again replaces its open invitation.',
    body: { schema: CreateInvitation, example: { email: 'ben@example.com', role: 'member' } },
    answer: [201, 'The invitation was mailed.', InvitationSchema],
    errors: ['CONFLICT', 'LIMIT_EXCEEDED'],
    run: ({ ctx, body }) => createInvitation({ ctx, input: body }),
  }),
  operation({
    id: 'deleteInvitation',
    method: 'delete',
    path: '/v1/workspace/invitations/{id}',
    takes: owners,
    summary: 'Revoke an invitation',
    params: InvitationId,
    answer: [200, 'The link no longer works.', Deleted],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteInvitation({ ctx, input: params }),
  }),
]);
