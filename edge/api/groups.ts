import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { z } from '@hono/zod-openapi';
import { writeListEnd } from '../http/live-cursor.ts';
import { readPeople } from '../services/workspace/local-numbers.ts';
import { askLive, LIVE_ERRORS, relay } from './ask-live.ts';
import {
  GroupPictureSchema,
  GroupSchema,
  GroupSummarySchema,
  GroupWithAdditions,
  LeftGroup,
} from './groups/answers.ts';
import { groupInvites } from './groups/invites.ts';
import { groupMembers } from './groups/members.ts';
import {
  ChangeSettings,
  CreateGroup,
  GroupListQuery,
  GroupRef,
  PEOPLE_EXAMPLE,
  UpdateGroup,
} from './groups/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { PICTURE_LIMIT_BYTES, SetPicture } from './picture-field.ts';
import { OnlySession, SessionChoice } from './session-choice.ts';
import { scope } from './takes.ts';

export const groups = area('Groups', [
  operation({
    id: 'listGroups',
    method: 'get',
    path: '/v1/groups',
    takes: scope('groups:read'),
    summary: 'List groups, newest message first',
    query: GroupListQuery,
    answer: [200, 'A page of groups.', z.array(GroupSummarySchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId, cursor, limit } }) => {
      const after = cursor === undefined ? null : { t: cursor.t, id: cursor.id };
      const { output, meta } = await askLive(ctx, sessionId, 'listGroups', { after, limit });
      return withMeta(output.groups, { ...meta, nextCursor: writeListEnd(output.next) });
    },
  }),
  operation({
    id: 'createGroup',
    method: 'post',
    path: '/v1/groups',
    takes: scope('groups:write'),
    summary: 'Create a group',
    description:
      'Answers with one result for each person. People whose privacy settings let nobody add them are sent an invitation.',
    body: { schema: CreateGroup, example: { subject: 'Book club', members: PEOPLE_EXAMPLE } },
    answer: [201, 'The group, and what became of each person.', GroupWithAdditions],
    errors: [...LIVE_ERRORS, 'RECIPIENT_NOT_ON_WHATSAPP'],
    run: async ({ ctx, body: { sessionId, subject, members } }) => {
      const input = { subject, members: await readPeople(ctx, 'members', members) };
      return relay(ctx, sessionId, 'createGroup', input);
    },
  }),
  // Before the paths with an id, which would take `join` and `preview` for one.
  ...groupInvites,
  operation({
    id: 'getGroup',
    method: 'get',
    path: '/v1/groups/{id}',
    takes: scope('groups:read'),
    summary: 'Get a group with its members',
    params: GroupRef,
    query: SessionChoice,
    answer: [200, 'The group.', GroupSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getGroup', { groupId: params.id }),
  }),
  operation({
    id: 'updateGroup',
    method: 'patch',
    path: '/v1/groups/{id}',
    takes: scope('groups:write'),
    summary: 'Change subject or description of a group',
    description: 'Answers with the group as WhatsApp has it after the change.',
    params: GroupRef,
    body: { schema: UpdateGroup, example: { subject: 'Book club', description: 'On Mondays' } },
    answer: [200, 'The group.', GroupSchema],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, body: { sessionId, subject, description } }) => {
      const changes = {
        ...(subject !== undefined && { subject }),
        ...(description !== undefined && { description: description ?? '' }),
      };
      return relay(ctx, sessionId, 'updateGroup', { groupId: params.id, ...changes });
    },
  }),
  operation({
    id: 'setGroupSettings',
    method: 'put',
    path: '/v1/groups/{id}/settings',
    takes: scope('groups:write'),
    summary: 'Change the settings of a group',
    description: 'Needs an admin. Settings that are left out stay as they are.',
    params: GroupRef,
    body: { schema: ChangeSettings, example: { onlyAdminsSend: true } },
    answer: [200, 'The group.', GroupSchema],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, body: { sessionId, ...settings } }) =>
      relay(ctx, sessionId, 'setGroupSettings', { groupId: params.id, settings }),
  }),
  operation({
    id: 'setGroupPicture',
    method: 'put',
    path: '/v1/groups/{id}/picture',
    takes: scope('groups:write'),
    summary: 'Set the picture of a group',
    params: GroupRef,
    body: {
      schema: SetPicture,
      example: { base64: EXAMPLE_FILES.picture },
      limitBytes: PICTURE_LIMIT_BYTES,
    },
    answer: [200, 'Where WhatsApp keeps the picture, for some days.', GroupPictureSchema],
    errors: [...LIVE_ERRORS, 'MEDIA_REJECTED'],
    run: ({ ctx, params, body: { sessionId, base64: picture } }) =>
      relay(ctx, sessionId, 'setGroupPicture', { groupId: params.id, picture }),
  }),
  operation({
    id: 'deleteGroupPicture',
    method: 'delete',
    path: '/v1/groups/{id}/picture',
    takes: scope('groups:write'),
    summary: 'Remove the picture of a group',
    params: GroupRef,
    query: SessionChoice,
    answer: [200, 'There is none any more.', GroupPictureSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'setGroupPicture', { groupId: params.id, picture: null }),
  }),
  operation({
    id: 'leaveGroup',
    method: 'post',
    path: '/v1/groups/{id}/leave',
    takes: scope('groups:write'),
    summary: 'Leave a group',
    params: GroupRef,
    body: { schema: OnlySession, example: {}, optional: true },
    answer: [200, 'The number is no member any more.', LeftGroup],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params: { id }, body: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'leaveGroup', { groupId: id });
      return withMeta({ id, ...output }, meta);
    },
  }),
  ...groupMembers,
]);
