import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Group } from '../../../shared/catalogue/live/groups.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import { jidOf } from '../../values/evolution/jids.ts';
import { alias, answerOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { wholeList } from '../pages.ts';
import { InGroup, ours, PEOPLE, people, shownAs } from './group-fields.ts';
import { groupInvites } from './group-invites.ts';
import {
  EvolutionGroup,
  EvolutionParticipant,
  GROUP_JID,
  showGroup,
  Summary,
} from './group-view.ts';
import { createGroup } from './new-group.ts';
import { pictureOf, Updated, UPDATED } from './profile.ts';
import { BASE, CALLED, Instance, refused } from './route.ts';

const getGroup = ours('getGroup');

const whole = async (c: Context<AppEnv>, sessionId: string, id: string) => {
  const own = await getGroup.call(c, { params: { id }, query: { sessionId } });
  return (await answerOf(own, Group)).data;
};

/** Changes of one field of a group. */
const CHANGES = [
  [
    'updateGroupSubject',
    'evolutionGroupSubject',
    'subject',
    'Change the subject of a group',
    'Book club',
  ],
  [
    'updateGroupDescription',
    'evolutionGroupDescription',
    'description',
    'Change the description of a group',
    'On Mondays',
  ],
] as const;

const changes: readonly Row[] = CHANGES.map(([path, id, field, summary, value]) =>
  alias({
    id,
    method: 'post',
    path: `${BASE}/group/${path}/{instance}`,
    summary,
    calls: [ours('updateGroup')],
    params: Instance,
    query: InGroup,
    body: { schema: z.object({ [field]: z.string() }), example: { [field]: value } },
    responses: { 201: json('It is changed.', Updated) },
    run: async ({ params: { instance: sessionId }, query: { groupJid }, body }, c) => {
      const said = z.string().parse(Object(body)[field]);
      const given = {
        params: { id: groupJid },
        body: { sessionId, [field]: said },
        called: CALLED,
      };
      await ours('updateGroup').call(c, given);
      return c.json(UPDATED, 201);
    },
  }),
);

const ACTIONS = {
  add: 'addGroupMembers',
  remove: 'removeGroupMembers',
  promote: 'promoteGroupMembers',
  demote: 'demoteGroupMembers',
} as const;
const SETTINGS = {
  announcement: { onlyAdminsSend: true },
  not_announcement: { onlyAdminsSend: false },
  locked: { onlyAdminsEdit: true },
  unlocked: { onlyAdminsEdit: false },
} as const;

const Results = z.object({ results: z.array(z.object({ id: z.string(), result: z.string() })) });
const DONE: ReadonlySet<string> = new Set([
  'added',
  'invited',
  'done',
  'unchanged',
  'already_member',
]);

const Participants = shownAs(
  'EvolutionParticipants',
  { participants: z.array(EvolutionParticipant) },
  { participants: [{ id: '15550100001@s.whatsapp.net', admin: 'superadmin', lid: null }] },
);

export const evolutionGroups: readonly Row[] = [
  createGroup,
  ...changes,
  alias({
    id: 'evolutionGroupPicture',
    method: 'post',
    path: `${BASE}/group/updateGroupPicture/{instance}`,
    summary: 'Set the picture of a group',
    description: 'A JPEG or PNG of 1 MiB at most, as base64. An address is 501.',
    calls: [ours('setGroupPicture')],
    errors: ['NOT_SUPPORTED'],
    params: Instance,
    query: InGroup,
    body: {
      schema: z.object({ image: z.string() }),
      example: { image: 'data:image/png;base64,iVBORw0KGgo=' },
    },
    responses: { 201: json('It is set.', Updated) },
    run: async (
      { params: { instance: sessionId }, query: { groupJid: id }, body: { image } },
      c,
    ) => {
      const called = { ...CALLED, base64: 'image' };
      const body = { sessionId, base64: pictureOf(image) };
      await ours('setGroupPicture').call(c, { params: { id }, body, called });
      return c.json(UPDATED, 201);
    },
  }),
  alias({
    id: 'evolutionGroupInfo',
    method: 'get',
    path: `${BASE}/group/findGroupInfos/{instance}`,
    summary: 'Get a group with its members',
    calls: [getGroup],
    params: Instance,
    query: InGroup,
    responses: { 200: json('The group.', EvolutionGroup) },
    run: async ({ params: { instance }, query: { groupJid } }, c) =>
      c.json(showGroup(await whole(c, instance, groupJid))),
  }),
  alias({
    id: 'evolutionFetchGroups',
    method: 'get',
    path: `${BASE}/group/fetchAllGroups/{instance}`,
    summary: 'List the groups',
    description:
      'Without members, whatever `getParticipants` says: `findGroupInfos` gives those of one.',
    calls: [ours('listGroups')],
    params: Instance,
    query: z.object({ getParticipants: z.string().max(10).optional() }),
    responses: { 200: json('Up to 1,000 groups.', z.array(EvolutionGroup)) },
    run: async ({ params: { instance: sessionId } }, c) => {
      const all = await wholeList(c, ours('listGroups'), Summary, { sessionId });
      return c.json(all.map((one) => showGroup({ ...one, members: null })));
    },
  }),
  alias({
    id: 'evolutionParticipants',
    method: 'get',
    path: `${BASE}/group/participants/{instance}`,
    summary: 'List the members of a group',
    calls: [getGroup],
    params: Instance,
    query: InGroup,
    responses: {
      200: json('The members.', Participants),
    },
    run: async ({ params: { instance }, query: { groupJid } }, c) => {
      const { participants } = showGroup(await whole(c, instance, groupJid));
      return c.json({ participants });
    },
  }),
  ...groupInvites,
  alias({
    id: 'evolutionUpdateParticipant',
    method: 'post',
    path: `${BASE}/group/updateParticipant/{instance}`,
    summary: 'Add or remove members, or make them admins or members again',
    calls: [
      ours('addGroupMembers'),
      ours('removeGroupMembers'),
      ours('promoteGroupMembers'),
      ours('demoteGroupMembers'),
    ],
    params: Instance,
    query: InGroup,
    body: {
      schema: z.object({
        action: z.enum(['add', 'remove', 'promote', 'demote']),
        participants: people,
      }),
      example: { action: 'add', participants: PEOPLE },
    },
    responses: {
      201: json(
        'What became of each.',
        shownAs(
          'EvolutionUpdatedParticipants',
          { updateParticipants: z.array(z.object({ status: z.string(), jid: z.string() })) },
          { updateParticipants: [{ status: '200', jid: '15550100001@s.whatsapp.net' }] },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, query: { groupJid: id }, body }, c) => {
      const called = { ...CALLED, members: 'participants' };
      const given = { params: { id }, body: { sessionId, members: body.participants }, called };
      const { data } = await answerOf(await ours(ACTIONS[body.action]).call(c, given), Results);
      const updateParticipants = data.results.map((one) => ({
        status: DONE.has(one.result) ? '200' : '403',
        jid: jidOf(one.id),
      }));
      return c.json({ updateParticipants }, 201);
    },
  }),
  alias({
    id: 'evolutionGroupSetting',
    method: 'post',
    path: `${BASE}/group/updateSetting/{instance}`,
    summary: 'Change who may write in a group, or edit it',
    calls: [ours('setGroupSettings')],
    params: Instance,
    query: InGroup,
    body: {
      schema: z.object({
        action: z.enum(['announcement', 'not_announcement', 'locked', 'unlocked']),
      }),
      example: { action: 'announcement' },
    },
    responses: { 201: json('It is changed.', Updated) },
    run: async (
      { params: { instance: sessionId }, query: { groupJid: id }, body: { action } },
      c,
    ) => {
      const body = { sessionId, ...SETTINGS[action] };
      await ours('setGroupSettings').call(c, { params: { id }, body, called: CALLED });
      return c.json(UPDATED, 201);
    },
  }),
  alias({
    id: 'evolutionLeaveGroup',
    method: 'delete',
    path: `${BASE}/group/leaveGroup/{instance}`,
    summary: 'Leave a group',
    calls: [ours('leaveGroup')],
    params: Instance,
    query: InGroup,
    responses: {
      200: json(
        'The number is no member any more.',
        shownAs(
          'EvolutionLeft',
          { groupJid: z.string(), leave: z.literal(true) },
          { groupJid: GROUP_JID, leave: true },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, query: { groupJid } }, c) => {
      const given = { params: { id: groupJid }, body: { sessionId }, called: CALLED };
      await ours('leaveGroup').call(c, given);
      return c.json({ groupJid, leave: true });
    },
  }),
  refused({
    id: 'evolutionToggleEphemeral',
    method: 'post',
    path: 'group/toggleEphemeral',
    summary: 'Set disappearing messages of a group',
    reason: 'The engine has no way to set disappearing messages.',
    calls: ours('setGroupSettings'),
  }),
];
