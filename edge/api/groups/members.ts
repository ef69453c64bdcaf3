import { z } from '@hono/zod-openapi';
import { readPeople } from '../../services/workspace/local-numbers.ts';
import { askLive, LIVE_ERRORS, relay } from '../ask-live.ts';
import { operation, type Row, withMeta } from '../operation.ts';
import { scope } from '../takes.ts';
import {
  GroupJoinRequestSchema,
  GroupWithAdditions,
  GroupWithChanges,
  GroupWithDecisions,
} from './answers.ts';
import { exportGroupMembers } from './export-members.ts';
import { AddMembers, AnswerRequests, GroupRef, NamedMembers, PEOPLE_EXAMPLE } from './schemas.ts';
import { SessionChoice } from '../session-choice.ts';

/** Who is in a group, and who asks to be. */
export const groupMembers: readonly Row[] = [
  exportGroupMembers,
  operation({
    id: 'addGroupMembers',
    method: 'post',
    path: '/v1/groups/{id}/members',
    takes: scope('groups:write'),
    summary: 'Add members to a group',
    description: 'One after the other, with one result for each person.',
    params: GroupRef,
    body: { schema: AddMembers, example: { members: PEOPLE_EXAMPLE } },
    answer: [200, 'The group, and what became of each person.', GroupWithAdditions],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, body: { sessionId, members, invite } }) => {
      const people = await readPeople(ctx, 'members', members);
      const input = { groupId: params.id, members: people, invite };
      return relay(ctx, sessionId, 'addGroupMembers', input);
    },
  }),
  ...(
    [
      ['remove', 'removeGroupMembers', 'delete', 'members', 'Remove members from a group'],
      ['promote', 'promoteGroupMembers', 'post', 'promote', 'Make members of a group admins'],
      ['demote', 'demoteGroupMembers', 'post', 'demote', 'Make admins of a group members again'],
    ] as const
  ).map(([change, id, method, path, summary]) =>
    operation({
      id,
      method,
      path: `/v1/groups/{id}/${path}`,
      takes: scope('groups:write'),
      summary,
      description: 'Needs an admin. Answers with one result for each person.',
      params: GroupRef,
      body: { schema: NamedMembers, example: { members: PEOPLE_EXAMPLE } },
      answer: [200, 'The group, and what became of each person.', GroupWithChanges],
      errors: LIVE_ERRORS,
      run: async ({ ctx, params, body: { sessionId, members } }) => {
        const people = await readPeople(ctx, 'members', members);
        const input = { groupId: params.id, members: people, change };
        return relay(ctx, sessionId, 'changeGroupMembers', input);
      },
    }),
  ),
  operation({
    id: 'listGroupJoinRequests',
    method: 'get',
    path: '/v1/groups/{id}/join-requests',
    takes: scope('groups:read'),
    summary: 'List requests to join a group',
    description: 'Needs an admin.',
    params: GroupRef,
    query: SessionChoice,
    answer: [200, 'Everybody who waits.', z.array(GroupJoinRequestSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, query: { sessionId } }) => {
      const input = { groupId: params.id };
      const { output, meta } = await askLive(ctx, sessionId, 'listGroupJoinRequests', input);
      return withMeta(output.requests, meta);
    },
  }),
  operation({
    id: 'answerGroupJoinRequests',
    method: 'post',
    path: '/v1/groups/{id}/join-requests',
    takes: scope('groups:write'),
    summary: 'Approve or reject requests to join a group',
    description: 'Needs an admin. Answers with one result for each person.',
    params: GroupRef,
    body: { schema: AnswerRequests, example: { members: PEOPLE_EXAMPLE, approve: true } },
    answer: [200, 'The group, and what became of each request.', GroupWithDecisions],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, body: { sessionId, members, approve } }) => {
      const people = await readPeople(ctx, 'members', members);
      const input = { groupId: params.id, members: people, approve };
      return relay(ctx, sessionId, 'answerGroupJoinRequests', input);
    },
  }),
];
