import { z } from '@hono/zod-openapi';
import { groups } from '../../api/groups.ts';
import { GroupSchema, GroupSummarySchema } from '../../api/groups/answers.ts';
import type { Row } from '../../api/operation.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { wholeList } from '../pages.ts';
import { Part, partOf } from './chats.ts';
import { groupChanges, ofGroup, OfGroup, People } from './group-changes.ts';
import { inQuery, nothing, refused, relayed } from './relayed.ts';
import { Nothing, Session } from './session-view.ts';

const op = (id: string): Row => operationOf(groups, id);
const list = op('listGroups');
const getGroup = op('getGroup');

const Participant = z.object({
  id: z.string(),
  role: z.enum(['participant', 'admin', 'superadmin']),
});
const WahaGroup = z
  .object({
    id: z.string(),
    subject: z.string(),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    participants: z.array(Participant),
  })
  .openapi('WahaGroup', {
    example: {
      id: '120363012345678901@g.us',
      subject: 'Book club',
      description: null,
      owner: '15550100001@c.us',
      participants: [{ id: '15550100001@c.us', role: 'superadmin' }],
    },
  });
const WahaParticipant = Participant.openapi('WahaParticipant', {
  example: { id: '15550100001@c.us', role: 'superadmin' },
});
const WahaGroupSummary = z
  .object({ id: z.string(), subject: z.string(), size: z.number().int() })
  .openapi('WahaGroupSummary', {
    example: { id: '120363012345678901@g.us', subject: 'Book club', size: 2 },
  });

const ROLES = { owner: 'superadmin', admin: 'admin', member: 'participant' } as const;
const participantsOf = ({ members }: z.output<typeof GroupSchema>) =>
  members.map(({ id, role }) => ({ id, role: ROLES[role] }));
const show = (group: z.output<typeof GroupSchema>): z.input<typeof WahaGroup> => ({
  id: group.id,
  subject: group.subject,
  description: group.description,
  owner: group.owner,
  participants: participantsOf(group),
});

const group = [200, 'The group.', WahaGroup] as const;

const Invite = z.string().max(300);
const Code = z.object({ code: z.string() });
const InviteCode = z.string().openapi('WahaInviteCode', { example: 'AbCdEfGhIjKlMnOpQrStUv' });

export const wahaGroups: readonly Row[] = [
  alias({
    id: 'wahaListGroups',
    method: 'get',
    path: '/compat/waha/api/{session}/groups',
    summary: 'List the groups',
    calls: [list],
    params: Session,
    query: Part.extend({ sortBy: z.string().optional(), exclude: z.string().optional() }),
    responses: { 200: json('Up to 1,000 groups.', z.array(WahaGroupSummary)) },
    run: async ({ params: { session: sessionId }, query }, c) => {
      const all = await wholeList(c, list, GroupSummarySchema, { sessionId });
      const shown = partOf(all, query).map(({ id, subject, memberCount: size }) => ({
        id,
        subject,
        size,
      }));
      return c.json(shown);
    },
  }),
  relayed({
    id: 'wahaCreateGroup',
    method: 'post',
    path: '/{session}/groups',
    summary: 'Create a group',
    to: op('createGroup'),
    params: Session,
    body: {
      schema: z.object({ name: z.string(), participants: People.shape.participants }),
      example: { name: 'Book club', participants: [{ id: '15550100002@c.us' }] },
    },
    given: ({ params: { session: sessionId }, body: { name: subject, participants } }) => ({
      body: { sessionId, subject, members: participants.map((one) => one.id) },
      called: { subject: 'name', members: 'participants' },
    }),
    reads: z.object({ group: GroupSchema }),
    answer: [201, 'The group.', WahaGroup],
    show: ({ group: made }) => show(made),
  }),
  alias({
    id: 'wahaCountGroups',
    method: 'get',
    path: '/compat/waha/api/{session}/groups/count',
    summary: 'Count the groups',
    calls: [list],
    params: Session,
    responses: {
      200: json(
        'As many as the list has.',
        z.object({ count: z.number().int() }).openapi('WahaGroupCount', { example: { count: 1 } }),
      ),
    },
    run: async ({ params: { session: sessionId } }, c) => {
      const all = await wholeList(c, list, GroupSummarySchema, { sessionId });
      return c.json({ count: all.length });
    },
  }),
  relayed({
    id: 'wahaGetJoinInfo',
    method: 'get',
    path: '/{session}/groups/join-info',
    summary: 'Get the group that an invite link leads to',
    to: op('previewGroup'),
    params: Session,
    query: z.object({ code: Invite.openapi({ example: 'AbCdEfGhIjKlMnOpQrStUv' }) }),
    given: ({ params: { session: sessionId }, query: { code: invite } }) => ({
      body: { sessionId, invite },
      called: { invite: 'code' },
    }),
    reads: z.object({ id: z.string(), subject: z.string(), memberCount: z.number().nullable() }),
    answer: [
      200,
      'What an invitation shows.',
      z
        .object({ id: z.string(), subject: z.string(), size: z.number().int().nullable() })
        .openapi('WahaJoinInfo', {
          example: { id: '120363012345678901@g.us', subject: 'Book club', size: 2 },
        }),
    ],
    show: ({ id, subject, memberCount: size }) => ({ id, subject, size }),
  }),
  relayed({
    id: 'wahaJoinGroup',
    method: 'post',
    path: '/{session}/groups/join',
    summary: 'Join a group by its invite link',
    to: op('joinGroup'),
    params: Session,
    body: { schema: z.object({ code: Invite }), example: { code: 'AbCdEfGhIjKlMnOpQrStUv' } },
    given: ({ params: { session: sessionId }, body: { code: invite } }) => ({
      body: { sessionId, invite },
      called: { invite: 'code' },
    }),
    reads: z.object({ id: z.string() }),
    answer: [
      201,
      'The group.',
      z
        .object({ id: z.string() })
        .openapi('WahaJoinedGroup', { example: { id: '120363012345678901@g.us' } }),
    ],
    show: ({ id }) => ({ id }),
  }),
  relayed({
    id: 'wahaGetGroup',
    method: 'get',
    path: '/{session}/groups/{id}',
    summary: 'Get a group with its members',
    to: getGroup,
    params: OfGroup,
    given: ofGroup(),
    reads: GroupSchema,
    answer: group,
    show,
  }),
  refused(
    {
      id: 'wahaDeleteGroup',
      method: 'delete',
      path: '/{session}/groups/{id}',
      summary: 'Delete a group',
      reason: 'WhatsApp deletes no group; remove its members and leave it.',
      params: OfGroup,
    },
    op('leaveGroup'),
  ),
  relayed({
    id: 'wahaLeaveGroup',
    method: 'post',
    path: '/{session}/groups/{id}/leave',
    summary: 'Leave a group',
    to: op('leaveGroup'),
    params: OfGroup,
    given: ofGroup({}),
    reads: z.unknown(),
    answer: [201, 'The number is no member any more.', Nothing],
    show: nothing,
  }),
  relayed({
    id: 'wahaGetInviteCode',
    method: 'get',
    path: '/{session}/groups/{id}/invite-code',
    summary: 'Get the invite code of a group',
    to: op('getGroupInvite'),
    params: OfGroup,
    given: ofGroup(),
    reads: Code,
    answer: [200, 'The code.', InviteCode],
    show: ({ code }) => code,
  }),
  relayed({
    id: 'wahaRevokeInviteCode',
    method: 'post',
    path: '/{session}/groups/{id}/invite-code/revoke',
    summary: 'Replace the invite code of a group',
    to: op('revokeGroupInvite'),
    params: OfGroup,
    given: ofGroup(),
    reads: Code,
    answer: [201, 'The new code.', InviteCode],
    show: ({ code }) => code,
  }),
  ...(
    [
      ['wahaListParticipants', 'participants', 'List the members of a group'],
      [
        'wahaListParticipantsAgain',
        'participants/v2',
        'List the members of a group, by a later call',
      ],
    ] as const
  ).map(([id, path, summary]) =>
    relayed({
      id,
      method: 'get',
      path: `/{session}/groups/{id}/${path}`,
      summary,
      to: getGroup,
      params: OfGroup,
      given: ofGroup(),
      reads: GroupSchema,
      answer: [200, 'Its members.', z.array(WahaParticipant)],
      show: participantsOf,
    }),
  ),
  relayed({
    id: 'wahaRefreshGroups',
    method: 'post',
    path: '/{session}/groups/refresh',
    summary: 'Have the groups read anew',
    description:
      'They are read anew each time that they are asked for, so that nothing is left to do.',
    to: list,
    params: Session,
    given: inQuery,
    reads: z.unknown(),
    answer: [
      201,
      'They can be read.',
      z
        .object({ success: z.literal(true) })
        .openapi('WahaRefreshed', { example: { success: true } }),
    ],
    show: () => ({ success: true as const }),
  }),
  ...groupChanges,
];
