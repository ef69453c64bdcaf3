import { z } from '@hono/zod-openapi';
import {
  type Group,
  type GroupMember,
  GroupSummary,
} from '../../../shared/catalogue/live/groups.ts';
import { jidOf } from '../../values/evolution/jids.ts';

export const GROUP_JID = '120363012345678901@g.us';

export const Summary = GroupSummary;

export const EvolutionParticipant = z
  .object({
    id: z.string(),
    admin: z.enum(['superadmin', 'admin']).nullable(),
    lid: z.string().nullable(),
  })
  .openapi('EvolutionParticipant', {
    example: { id: '15550100001@s.whatsapp.net', admin: 'superadmin', lid: null },
  });

export const EvolutionGroup = z
  .object({
    id: z.string(),
    subject: z.string(),
    size: z.number().int(),
    creation: z.number().int().nullable().describe('In seconds.'),
    owner: z.string().nullable(),
    desc: z.string().nullable(),
    restrict: z.boolean().nullable().describe('Only admins can edit it.'),
    announce: z.boolean().nullable().describe('Only admins can write.'),
    pictureUrl: z.null(),
    participants: z.array(EvolutionParticipant),
  })
  .openapi('EvolutionGroup', {
    example: {
      id: GROUP_JID,
      subject: 'Book club',
      size: 1,
      creation: 1_795_255_200,
      owner: '15550100001@s.whatsapp.net',
      desc: null,
      restrict: false,
      announce: false,
      pictureUrl: null,
      participants: [{ id: '15550100001@s.whatsapp.net', admin: 'superadmin', lid: null }],
    },
  });

const ADMINS = { owner: 'superadmin', admin: 'admin', member: null } as const;

const showMember = ({ id, lid, role }: GroupMember): z.output<typeof EvolutionParticipant> => ({
  id: jidOf(id),
  admin: ADMINS[role],
  lid,
});

type Shown = Pick<Group, 'id' | 'subject' | 'memberCount' | 'createdAt'> &
  Partial<Pick<Group, 'description' | 'owner' | 'settings'>> & {
    /** Null where they were not asked for. */
    members: readonly GroupMember[] | null;
  };

export const showGroup = (group: Shown): z.output<typeof EvolutionGroup> => ({
  id: group.id,
  subject: group.subject,
  size: group.memberCount,
  creation: group.createdAt === null ? null : Math.floor(Date.parse(group.createdAt) / 1_000),
  owner: group.owner == null ? null : jidOf(group.owner),
  desc: group.description ?? null,
  restrict: group.settings?.onlyAdminsEdit ?? null,
  announce: group.settings?.onlyAdminsSend ?? null,
  pictureUrl: null,
  participants: (group.members ?? []).map((one) => showMember(one)),
});
