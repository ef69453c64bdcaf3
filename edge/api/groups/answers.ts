import { z } from '@hono/zod-openapi';
import {
  Group,
  GROUP_OPERATIONS,
  GroupAddResult,
  GroupInvite,
  GroupJoinRequest,
  GroupMember,
  GroupMemberResult,
  GroupPreview,
  GroupRequestResult,
  GroupSettings,
  GroupSummary,
  JoinedGroup,
} from '../../../shared/catalogue/live/groups.ts';

/** A shape of the catalogue under a name of the document; it may have been made before this library taught zod about OpenAPI. */
const named = <Shape extends z.ZodRawShape>(
  name: string,
  { shape }: z.ZodObject<Shape>,
  example?: z.output<z.ZodObject<Shape>>,
) => z.object(shape).openapi(name, example === undefined ? {} : { example });

export const GroupMemberSchema = named(
  'GroupMember',
  GroupMember,
  GROUP_OPERATIONS.getGroup.example.output.members[0],
);
export const GroupSchema = z
  .object({
    ...Group.shape,
    settings: named('GroupSettings', GroupSettings),
    members: z.array(GroupMemberSchema),
  })
  .openapi('Group', { example: GROUP_OPERATIONS.getGroup.example.output });
export const GroupSummarySchema = named(
  'GroupSummary',
  GroupSummary,
  GROUP_OPERATIONS.listGroups.example.output.groups[0],
);
export const GroupInviteSchema = named(
  'GroupInvite',
  GroupInvite,
  GROUP_OPERATIONS.getGroupInvite.example.output,
);
export const GroupPreviewSchema = named(
  'GroupPreview',
  GroupPreview,
  GROUP_OPERATIONS.previewGroupInvite.example.output,
);
export const JoinedGroupSchema = named(
  'JoinedGroup',
  JoinedGroup,
  GROUP_OPERATIONS.joinGroup.example.output,
);
export const GroupJoinRequestSchema = named(
  'GroupJoinRequest',
  GroupJoinRequest,
  GROUP_OPERATIONS.listGroupJoinRequests.example.output.requests[0],
);
export const GroupPictureSchema = named('GroupPicture', GROUP_OPERATIONS.setGroupPicture.output, {
  url: null,
});
export const LeftGroup = z
  .object({ id: z.string(), left: z.literal(true) })
  .openapi('LeftGroup', { example: { id: '120363012345678901@g.us', left: true } });

/** The group after the change, and what became of each person. */
const withResults = <Result extends z.ZodRawShape>(
  name: string,
  resultName: string,
  result: z.ZodObject<Result>,
) => z.object({ group: GroupSchema, results: z.array(named(resultName, result)) }).openapi(name);

export const GroupWithAdditions = withResults(
  'GroupWithAdditions',
  'GroupAddition',
  GroupAddResult,
);
export const GroupWithChanges = withResults(
  'GroupWithChanges',
  'GroupMemberChange',
  GroupMemberResult,
);
export const GroupWithDecisions = withResults(
  'GroupWithDecisions',
  'GroupJoinDecision',
  GroupRequestResult,
);
