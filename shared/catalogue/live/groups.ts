import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { row } from '../row.ts';
import { ADA, KnownPerson } from '../person.ts';
import { ListEnd, listInput, Picture } from './fields.ts';

export const GROUP_ROLES = ['owner', 'admin', 'member'] as const;
const Role = z.enum(GROUP_ROLES);
export type GroupRole = z.output<typeof Role>;

/** What only admins may do, and whether they let people in one by one. */
export const GroupSettings = z.object({
  onlyAdminsSend: z.boolean().describe('Only admins can send messages.'),
  onlyAdminsEdit: z.boolean().describe('Only admins can change subject, description and picture.'),
  onlyAdminsAdd: z.boolean().describe('Only admins can add members.'),
  approvesMembers: z.boolean().describe('Who joins by link waits until an admin approves.'),
});
export type GroupSettings = z.output<typeof GroupSettings>;

const shown = {
  id: z.string().describe('The chat id, `…@g.us`.'),
  subject: z.string(),
  memberCount: z.number().int(),
  myRole: Role.nullable().describe('Role of the session’s own number; null if it is no member.'),
  createdAt: z.iso.datetime().nullable(),
};

export const GroupSummary = z.object({
  ...shown,
  lastMessageAt: z.iso.datetime().nullable(),
  archived: z.boolean(),
});
export type GroupSummary = z.output<typeof GroupSummary>;

export const GroupMember = KnownPerson.extend({ role: Role });
export type GroupMember = z.output<typeof GroupMember>;

export const Group = z.object({
  ...shown,
  description: z.string().nullable(),
  owner: z.string().nullable().describe('Id of who made the group, if WhatsApp says so.'),
  settings: GroupSettings,
  members: z.array(GroupMember),
});
export type Group = z.output<typeof Group>;

const GROUP: Group = {
  id: '120363012345678901@g.us',
  subject: 'Book club',
  memberCount: 1,
  myRole: 'admin',
  createdAt: '2026-11-21T10:41:58.000Z',
  description: null,
  owner: ADA.id,
  settings: {
    onlyAdminsSend: false,
    onlyAdminsEdit: false,
    onlyAdminsAdd: true,
    approvesMembers: false,
  },
  members: [{ ...ADA, role: 'owner' }],
};
const groupId = z.string();
/** Chat ids of people. */
const members = z.array(z.string()).min(1).max(LIMITS.groupPeople.limit);
const oneGroup = { groupId: GROUP.id };

export const GroupAddResult = z.object({
  id: z.string().describe('The chat id that the request named.'),
  result: z
    .enum(['added', 'invited', 'already_member', 'not_on_whatsapp', 'forbidden'])
    .describe(
      '`invited`: their privacy settings let nobody add them, so that they were sent an invitation. `forbidden`: WhatsApp refused, and no invitation was sent; they may have left lately, or the group is full.',
    ),
  code: z.number().int().nullable().describe('What WhatsApp answered; null if it was not asked.'),
});
export type GroupAddResult = z.output<typeof GroupAddResult>;

export const GroupMemberResult = z.object({
  id: z.string().describe('The chat id that the request named.'),
  result: z
    .enum(['done', 'unchanged', 'not_a_member', 'forbidden'])
    .describe(
      '`unchanged`: it was so before. `forbidden`: WhatsApp did not do it, as with the owner of a group.',
    ),
});
export type GroupMemberResult = z.output<typeof GroupMemberResult>;

export const GroupRequestResult = z.object({
  id: z.string().describe('The chat id that the request named.'),
  result: z.enum(['done', 'not_requested', 'forbidden']),
});
export type GroupRequestResult = z.output<typeof GroupRequestResult>;

export const GroupInvite = z.object({ code: z.string(), link: z.string() });
const INVITE = {
  code: 'AbCdEfGhIjKlMnOpQrStUv',
  link: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv',
};

export const GroupPreview = z.object({
  id: shown.id,
  subject: shown.subject,
  description: z.string().nullable(),
  memberCount: z.number().int().nullable(),
  approvesMembers: z.boolean(),
});

export const JoinedGroup = z.object({
  id: shown.id,
  status: z
    .enum(['joined', 'already_member', 'requested'])
    .describe('`requested`: an admin has to approve first.'),
});

export const GroupJoinRequest = KnownPerson.extend({
  requestedAt: z.iso.datetime().nullable(),
});

/**
 * Operations on groups. Every change answers with what was read back after it. A missing right is FORBIDDEN, with the role
 * needed in `details.needs`; a group that is not there, or that the number is not in, is NOT_FOUND.
 */
export const GROUP_OPERATIONS = {
  /** The groups that the number has chats of, from what the page knows, without asking WhatsApp. */
  listGroups: row({
    input: listInput,
    output: z.object({ groups: z.array(GroupSummary), next: ListEnd.nullable() }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { after: null, limit: 20 },
      output: {
        groups: [
          {
            id: GROUP.id,
            subject: GROUP.subject,
            memberCount: 1,
            myRole: 'admin',
            createdAt: GROUP.createdAt,
            lastMessageAt: null,
            archived: false,
          },
        ],
        next: null,
      },
    },
  }),
  getGroup: row({
    input: z.object({ groupId }),
    output: Group,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneGroup, output: GROUP },
  }),
  createGroup: row({
    input: z.object({ subject: z.string(), members }),
    output: z.object({ group: Group, results: z.array(GroupAddResult) }),
    patienceMs: 60_000,
    needs: 'online',
    repeatable: false,
    example: {
      input: { subject: 'Book club', members: [ADA.id] },
      output: { group: GROUP, results: [{ id: ADA.id, result: 'added', code: 200 }] },
    },
  }),
  /** One after the other, with a pause between two. `invite` sends an invitation to who cannot be added. */
  addGroupMembers: row({
    input: z.object({ groupId, members, invite: z.boolean() }),
    output: z.object({ group: Group, results: z.array(GroupAddResult) }),
    patienceMs: 60_000,
    needs: 'online',
    repeatable: false,
    example: {
      input: { ...oneGroup, members: [ADA.id], invite: true },
      output: { group: GROUP, results: [{ id: ADA.id, result: 'already_member', code: null }] },
    },
  }),
  changeGroupMembers: row({
    input: z.object({ groupId, members, change: z.enum(['remove', 'promote', 'demote']) }),
    output: z.object({ group: Group, results: z.array(GroupMemberResult) }),
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { ...oneGroup, members: [ADA.id], change: 'demote' },
      output: { group: GROUP, results: [{ id: ADA.id, result: 'forbidden' }] },
    },
  }),
  /** What is left out stays. An empty description removes it. */
  updateGroup: row({
    input: z.object({
      groupId,
      subject: z.string().exactOptional(),
      description: z.string().exactOptional(),
    }),
    output: Group,
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...oneGroup, subject: 'Book club' }, output: GROUP },
  }),
  setGroupSettings: row({
    input: z.object({ groupId, settings: GroupSettings.partial() }),
    output: Group,
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...oneGroup, settings: { onlyAdminsAdd: true } }, output: GROUP },
  }),
  /** A JPEG or PNG, cut to a square; null removes the picture. `url` is WhatsApp's own, and expires. */
  setGroupPicture: row({
    input: z.object({
      groupId,
      picture: Picture.nullable(),
    }),
    output: z.object({ url: z.string().nullable() }),
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...oneGroup, picture: null }, output: { url: null } },
  }),
  getGroupInvite: row({
    input: z.object({ groupId }),
    output: GroupInvite,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneGroup, output: INVITE },
  }),
  /** The old link is void from then on. */
  revokeGroupInvite: row({
    input: z.object({ groupId }),
    output: GroupInvite,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: false,
    example: { input: oneGroup, output: INVITE },
  }),
  previewGroupInvite: row({
    input: z.object({ code: z.string() }),
    output: GroupPreview,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { code: INVITE.code },
      output: {
        id: GROUP.id,
        subject: GROUP.subject,
        description: null,
        memberCount: 1,
        approvesMembers: false,
      },
    },
  }),
  joinGroup: row({
    input: z.object({ code: z.string() }),
    output: JoinedGroup,
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: { code: INVITE.code }, output: { id: GROUP.id, status: 'joined' } },
  }),
  leaveGroup: row({
    input: z.object({ groupId }),
    output: z.object({ left: z.literal(true) }),
    patienceMs: 30_000,
    needs: 'online',
    repeatable: true,
    example: { input: oneGroup, output: { left: true } },
  }),
  listGroupJoinRequests: row({
    input: z.object({ groupId }),
    output: z.object({ requests: z.array(GroupJoinRequest) }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: oneGroup,
      output: { requests: [{ ...ADA, requestedAt: '2026-11-21T10:41:58.000Z' }] },
    },
  }),
  answerGroupJoinRequests: row({
    input: z.object({ groupId, members, approve: z.boolean() }),
    output: z.object({ group: Group, results: z.array(GroupRequestResult) }),
    patienceMs: 60_000,
    needs: 'online',
    repeatable: true,
    example: {
      input: { ...oneGroup, members: [ADA.id], approve: true },
      output: { group: GROUP, results: [{ id: ADA.id, result: 'done' }] },
    },
  }),
};
