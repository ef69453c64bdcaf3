import { z } from '@hono/zod-openapi';
import { SESSION_STATUSES } from '../../../shared/session-status.ts';
import { PageQuery } from '../../http/cursor.ts';
import { EmailAddress } from '../../identity/email-address.ts';
import { Name } from '../name-fields.ts';
import { SessionSchema } from '../sessions/schemas.ts';
import {
  SessionLimit,
  SessionLimitNumber,
  TierName,
  USER_EXAMPLE,
  WORKSPACE_EXAMPLE,
  WORKSPACE_SHOWN,
  WorkspaceSchema,
} from '../workspace/schemas.ts';

export const UserId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: USER_EXAMPLE }),
});

export const WorkspaceId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: WORKSPACE_EXAMPLE }),
});

export const PLATFORM_ROLES = ['user', 'admin'] as const;

export const UserSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    role: z.enum(PLATFORM_ROLES).describe('`admin`: platform administrator.'),
    isActive: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi('User', {
    example: {
      id: USER_EXAMPLE,
      name: 'Ann Example',
      email: 'ann@example.com',
      emailVerified: true,
      role: 'user',
      isActive: true,
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const AdminWorkspaceSchema = WorkspaceSchema.extend({
  isActive: z.boolean().describe('False while the workspace is suspended.'),
  maxSessionsOverride: SessionLimit.nullable().openapi({
    description: 'A limit that replaces the number of the tier; null for none.',
  }),
  members: z.number().int(),
}).openapi('AdminWorkspace', {
  example: { ...WORKSPACE_SHOWN, isActive: true, maxSessionsOverride: null, members: 3 },
});

export const RunnerSchema = z
  .object({
    id: z.string(),
    region: z.string(),
    host: z.string(),
    maxSessions: z.number().int(),
    sessions: z.number().int().describe('Sessions that it owns or is about to start.'),
    draining: z.boolean(),
    alive: z
      .boolean()
      .describe('True while its heartbeats are recent enough to keep its sessions.'),
    heartbeatAt: z.iso.datetime(),
  })
  .openapi('Runner', {
    example: {
      id: 'runner-1',
      region: 'fra',
      host: 'runner-1.internal:8080',
      maxSessions: 10,
      sessions: 4,
      draining: false,
      alive: true,
      heartbeatAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const AdminSessionSchema = z
  .intersection(SessionSchema, z.object({ workspaceId: z.string() }))
  .openapi('AdminSession', { description: 'A session with the workspace that it belongs to.' });

export const CreateUser = z.strictObject({
  email: EmailAddress,
  name: Name,
  role: z.enum(PLATFORM_ROLES).default('user'),
});

const StoppedKey = z
  .object({ id: z.string(), name: z.string(), workspaceId: z.string() })
  .describe('A key that stopped working because its person was disabled.');

export const UpdateUser = z
  .strictObject({ role: z.enum(PLATFORM_ROLES), isActive: z.boolean() })
  .partial();

export const UpdatedUser = UserSchema.extend({ stoppedKeys: z.array(StoppedKey) }).openapi(
  'UpdatedUser',
);

export const UpdateAnyWorkspace = z
  .strictObject({
    name: Name,
    tier: TierName,
    maxSessions: z
      .union([SessionLimitNumber, z.literal('unlimited')])
      .nullable()
      .openapi({
        description:
          'How many sessions it may have, whatever its tier; null for the number of the tier.',
        example: 60,
      }),
    isActive: z.boolean().openapi({
      description:
        '`false` suspends the workspace: its keys and people are refused at once; queues and webhooks wait.',
    }),
  })
  .partial();

export const AllSessionsQuery = z.object({
  ...PageQuery,
  status: z.enum(SESSION_STATUSES).optional(),
  workspaceId: z.string().min(1).max(100).optional(),
});

export const UserQuery = z.object({
  ...PageQuery,
  email: z
    .string()
    .min(1)
    .max(254)
    .optional()
    .openapi({ description: 'Part of the e-mail address.' }),
});
