import { z } from '@hono/zod-openapi';
import { groups } from '../../api/groups.ts';
import { GroupSchema } from '../../api/groups/answers.ts';
import type { Row } from '../../api/operation.ts';
import { operationOf } from '../alias.ts';
import { done, nothing, PICTURE_BODY, PICTURE_CALLED, relayed } from './relayed.ts';
import { Session } from './session-view.ts';

const op = (id: string): Row => operationOf(groups, id);

export const OfGroup = Session.extend({
  id: z
    .string()
    .max(200)
    .openapi({
      param: { name: 'id', in: 'path' },
      example: '120363012345678901@g.us',
    }),
});

/** Of an operation on the group of a path, and what else its body says. */
export const ofGroup =
  (body?: Readonly<Record<string, unknown>>) =>
  ({ params: { session: sessionId, id } }: { params: z.output<typeof OfGroup> }) =>
    body === undefined
      ? { params: { id }, query: { sessionId } }
      : { params: { id }, body: { sessionId, ...body } };

const texts: readonly Row[] = (
  [
    ['subject', 'wahaSetGroupSubject', 'Change the subject of a group'],
    ['description', 'wahaSetGroupDescription', 'Change the description of a group'],
  ] as const
).map(([name, id, summary]) =>
  relayed({
    id,
    method: 'put',
    path: `/{session}/groups/{id}/${name}`,
    summary,
    to: op('updateGroup'),
    params: OfGroup,
    body: { schema: z.looseObject({ [name]: z.string() }), example: { [name]: 'Book club' } },
    given: ({ params, body }) => ofGroup({ [name]: body[name] })({ params }),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
);

const Only = z.object({ adminsOnly: z.boolean() });
const WahaOnly = Only.openapi('WahaAdminsOnly', { example: { adminsOnly: true } });
const settings: readonly Row[] = (
  [
    ['info-admin-only', 'Info', 'onlyAdminsEdit', 'only admins can change its subject and picture'],
    ['messages-admin-only', 'Messages', 'onlyAdminsSend', 'only admins can send messages'],
  ] as const
).flatMap(([path, name, setting, words]) => [
  relayed({
    id: `wahaGet${name}AdminsOnly`,
    method: 'get',
    path: `/{session}/groups/{id}/settings/security/${path}`,
    summary: `Get whether ${words}`,
    to: op('getGroup'),
    params: OfGroup,
    given: ofGroup(),
    reads: GroupSchema,
    answer: [200, 'Whether it is so.', WahaOnly],
    show: ({ settings: now }) => ({ adminsOnly: now[setting] }),
  }),
  relayed({
    id: `wahaSet${name}AdminsOnly`,
    method: 'put',
    path: `/{session}/groups/{id}/settings/security/${path}`,
    summary: `Set whether ${words}`,
    to: op('setGroupSettings'),
    params: OfGroup,
    body: { schema: Only, example: { adminsOnly: true } },
    given: ({ params, body: { adminsOnly } }) => ofGroup({ [setting]: adminsOnly })({ params }),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
]);

export const People = z.object({
  participants: z.array(z.object({ id: z.string().max(200) })).max(1_024),
});
const Results = z
  .object({ results: z.array(z.object({ id: z.string(), result: z.string() })) })
  .openapi('WahaParticipantResults', {
    example: { results: [{ id: '15550100002@c.us', result: 'added' }] },
  });

const people: readonly Row[] = (
  [
    ['participants/add', 'wahaAddParticipants', 'Add members to a group', 'addGroupMembers'],
    ['participants/remove', 'wahaRemoveParticipants', 'Remove members', 'removeGroupMembers'],
    ['admin/promote', 'wahaPromoteParticipants', 'Make members admins', 'promoteGroupMembers'],
    ['admin/demote', 'wahaDemoteParticipants', 'Make admins members again', 'demoteGroupMembers'],
  ] as const
).map(([path, id, summary, name]) =>
  relayed({
    id,
    method: 'post',
    path: `/{session}/groups/{id}/${path}`,
    summary,
    description: 'Answers with one result for each person.',
    to: op(name),
    params: OfGroup,
    body: { schema: People, example: { participants: [{ id: '15550100002@c.us' }] } },
    given: ({ params, body: { participants } }) => ({
      ...ofGroup({ members: participants.map((one) => one.id) })({ params }),
      called: { members: 'participants' },
    }),
    reads: z.object({ results: z.array(z.object({ id: z.string(), result: z.string() })) }),
    answer: [200, 'What became of each person.', Results],
    show: ({ results }) => ({ results }),
  }),
);

const pictures: readonly Row[] = [
  relayed({
    id: 'wahaSetGroupPicture',
    method: 'put',
    path: '/{session}/groups/{id}/picture',
    summary: 'Set the picture of a group',
    to: op('setGroupPicture'),
    params: OfGroup,
    body: PICTURE_BODY,
    given: ({ params, body: { file } }) => ({
      ...ofGroup({ base64: file.data })({ params }),
      called: PICTURE_CALLED,
    }),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
  relayed({
    id: 'wahaDeleteGroupPicture',
    method: 'delete',
    path: '/{session}/groups/{id}/picture',
    summary: 'Remove the picture of a group',
    to: op('deleteGroupPicture'),
    params: OfGroup,
    given: ofGroup(),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
];

/** What changes a group, and who is in it. */
export const groupChanges: readonly Row[] = [...texts, ...pictures, ...settings, ...people];
