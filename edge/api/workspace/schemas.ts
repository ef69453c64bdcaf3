import { z } from '@hono/zod-openapi';
import { stopWordOf } from '../../services/opt-outs/internal.ts';
import { TIER_SESSIONS } from '../../services/sessions/tiers.ts';
import { Deleted } from '../deleted.ts';
import { Pacing, SESSION_EXAMPLE } from '../sessions/schemas.ts';
import { EmailAddress } from '../../identity/email-address.ts';
import { KEY_EXAMPLE } from '../keys/schemas.ts';
import { Name, SessionIdOrName } from '../name-fields.ts';
import { AllSessions, CountryCode, MemberRole, ROLES, TimeZone } from './fields.ts';

export const WORKSPACE_EXAMPLE = 'wks_01k2q8z6m4c8f7h3n5r9t1v0wx';
export const USER_EXAMPLE = 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx';
export const INVITATION_EXAMPLE = 'inv_01k2q8z6m4c8f7h3n5r9t1v0wx';

const TIERS = Object.keys(TIER_SESSIONS) as [keyof typeof TIER_SESSIONS];
export const TierName = z.enum(TIERS).openapi({
  description: Object.entries(TIER_SESSIONS)
    .map(([tier, sessions]) => `${tier}: ${sessions} sessions`)
    .join('; '),
});

/** Sessions that a workspace may have at most, as somebody may set it. */
export const SessionLimitNumber = z.number().int().min(0).max(100_000);

export const SessionLimit = z.union([z.int(), z.literal('unlimited')]);

/** Settings that a workspace writes. */
export const WorkspaceFields = {
  name: Name,
  timeZone: TimeZone,
  cleanupTime: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, from 00:00 to 23:59')
    .openapi({
      description:
        'Time of day at which files are deleted that have been kept for `mediaRetentionHours`, in the time zone of the workspace.',
      example: '00:00',
    }),
  mediaRetentionHours: z.number().int().min(1).max(8_760).openapi({
    description:
      'How many hours a file is kept from its arrival, up to a year. It is deleted at the `cleanupTime` that comes next.',
    example: 24,
  }),
  contentRetentionDays: z.number().int().min(0).max(365).openapi({
    description:
      'How many days the content of messages and events is kept; 0 erases it as soon as nothing needs it, which is ten minutes at least.',
    example: 1,
  }),
  defaultSessionId: SessionIdOrName.nullable().openapi({
    type: ['string', 'null'],
    description:
      'Id or name of the session that requests without a `sessionId` use; null for none.',
    example: 'support',
  }),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/, 'a region code, as fra')
    .nullable()
    .openapi({ description: 'Where new sessions are placed, if there is room.', example: 'fra' }),
  defaultCountry: CountryCode.nullable().openapi({ type: ['string', 'null'] }),
  stopWords: z
    .array(
      z
        .string()
        .max(40)
        .transform(stopWordOf)
        .refine((word) => word !== '', 'must not be empty')
        .openapi({ type: 'string' }),
    )
    .max(50)
    .transform((words) => [...new Set(words)])
    .openapi({
      type: 'array',
      description:
        'Whoever writes one of these words in their own chat, and nothing else, opts out. Case does not matter. None by default.',
      example: ['stop', 'unsubscribe'],
    }),
  captureLeads: z.boolean().openapi({
    description: 'Makes a lead of whoever writes to a session in their own chat. Off by default.',
  }),
  pacing: Pacing.nullable().openapi({
    description: 'Pacing of new sessions that do not set their own; null for the defaults.',
  }),
};

export const WORKSPACE_SHOWN = {
  id: WORKSPACE_EXAMPLE,
  name: 'Order desk',
  tier: 'basic' as const,
  maxSessions: 5,
  sessionsUsed: 2,
  maxMediaBytes: 1_073_741_824,
  mediaBytesUsed: 48_213,
  defaultSessionId: SESSION_EXAMPLE,
  region: 'fra',
  defaultCountry: 'GB',
  timeZone: 'Europe/Berlin',
  cleanupTime: '00:00',
  mediaRetentionHours: 24,
  contentRetentionDays: 1,
  stopWords: ['stop'],
  captureLeads: false,
  pacing: { minIntervalMs: 3000, jitterMs: 1000 },
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
};

export const WorkspaceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    tier: TierName,
    maxSessions: SessionLimit.openapi({
      description:
        'How many sessions the workspace may have: the number of its tier, or one that was set for it.',
    }),
    sessionsUsed: z.number().int().describe('Archived sessions do not count.'),
    maxMediaBytes: z.number().int().describe('Bytes of files that the tier allows.'),
    mediaBytesUsed: z
      .number()
      .int()
      .describe(
        'Bytes of the files that were uploaded or sent and are kept. Received ones do not count.',
      ),
    defaultSessionId: z.string().nullable(),
    region: z.string().nullable(),
    defaultCountry: z.string().nullable(),
    timeZone: z.string(),
    cleanupTime: z.string(),
    mediaRetentionHours: z.number().int(),
    contentRetentionDays: z.number().int(),
    stopWords: z.array(z.string()),
    captureLeads: z.boolean(),
    pacing: Pacing.nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Workspace', { example: WORKSPACE_SHOWN });

export const MemberId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: USER_EXAMPLE }),
});

export const MemberSchema = z
  .object({
    id: z.string().describe('The person’s user id.'),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    allSessions: z.boolean(),
    isActive: z.boolean().describe('False while the platform has disabled the person.'),
    createdAt: z.iso.datetime().describe('When they joined.'),
  })
  .openapi('Member', {
    example: {
      id: USER_EXAMPLE,
      name: 'Ann Example',
      email: 'ann@example.com',
      role: 'member',
      allSessions: false,
      isActive: true,
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const InvitationId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: INVITATION_EXAMPLE }),
});

export const InvitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    allSessions: z.boolean(),
    invitedBy: z.string().nullable().describe('Id of the user.'),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Invitation', {
    example: {
      id: INVITATION_EXAMPLE,
      email: 'ben@example.com',
      role: 'member',
      allSessions: false,
      invitedBy: USER_EXAMPLE,
      expiresAt: '2026-11-28T10:00:00.000Z',
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const KeysFate = z.enum(['revoke', 'take_over']).default('revoke').openapi({
  description:
    'What happens to their API keys. With `take_over` the keys keep working and belong to you; the person still knows them, so rotate them. Your own keys are always revoked.',
});

const KeyRefs = z.array(z.object({ id: z.string(), name: z.string() }).openapi('KeyRef'));
/** The keys that a change of a member ended or handed over. */
export const SettledKeys = z
  .object({ revoked: KeyRefs, takenOver: KeyRefs })
  .openapi('SettledKeys', {
    example: {
      revoked: [{ id: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx', name: 'Order service' }],
      takenOver: [],
    },
  });

export const UpdateWorkspace = z.strictObject(WorkspaceFields).partial();

export const UpdateMember = z
  .strictObject({ role: MemberRole, allSessions: AllSessions })
  .partial()
  .extend({ keys: KeysFate });

export const DeletedMember = z
  .object({
    ...Deleted.shape,
    apiKeys: SettledKeys,
    webhooks: z
      .array(z.string())
      .describe('Ids of the webhook endpoints that the person created. They are kept.'),
  })
  .openapi('DeletedMember', {
    example: {
      id: USER_EXAMPLE,
      deleted: true,
      apiKeys: { revoked: [{ id: KEY_EXAMPLE, name: 'Order service' }], takenOver: [] },
      webhooks: ['whk_01k2q8z6m4c8f7h3n5r9t1v0wx'],
    },
  });

export const CreateInvitation = z.strictObject({
  email: EmailAddress,
  role: MemberRole.default('member'),
  allSessions: AllSessions.default(false),
});

export const UpdatedMember = MemberSchema.extend({ apiKeys: SettledKeys }).openapi('UpdatedMember');
