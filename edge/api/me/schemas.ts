import { z } from '@hono/zod-openapi';
import { Name } from '../name-fields.ts';
import { ROLES, TimeZone } from '../workspace/fields.ts';
import { USER_EXAMPLE, WORKSPACE_EXAMPLE } from '../workspace/schemas.ts';

export const MeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    isAdmin: z.boolean().describe('Platform administrator.'),
    timeZone: z.string().nullable().describe('null for the time zone of the workspace.'),
    workspaceId: z.string().describe('The workspace that this request acts in.'),
    defaultWorkspaceId: z
      .string()
      .nullable()
      .describe('The workspace they act in when the credential names none.'),
    memberships: z.array(
      z
        .object({
          workspaceId: z.string(),
          name: z.string(),
          role: z.enum(ROLES),
          allSessions: z.boolean(),
          isActive: z.boolean().describe('False while the workspace is suspended.'),
        })
        .openapi('Membership'),
    ),
    signInMethods: z.array(z.string()).describe('`password`, `google`, `supabase`.'),
    createdAt: z.iso.datetime(),
  })
  .openapi('Me', {
    example: {
      id: USER_EXAMPLE,
      name: 'Ann Example',
      email: 'ann@example.com',
      emailVerified: true,
      isAdmin: false,
      timeZone: 'Europe/Berlin',
      workspaceId: WORKSPACE_EXAMPLE,
      defaultWorkspaceId: WORKSPACE_EXAMPLE,
      memberships: [
        {
          workspaceId: WORKSPACE_EXAMPLE,
          name: 'Order desk',
          role: 'owner',
          allSessions: true,
          isActive: true,
        },
      ],
      signInMethods: ['password', 'google'],
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const UpdateMe = z
  .strictObject({
    name: Name,
    timeZone: TimeZone.nullable(),
    workspaceId: z.string().min(1).max(100).openapi({
      description:
        'The workspace to act in from the next request on, unless the credential names one.',
      example: WORKSPACE_EXAMPLE,
    }),
  })
  .partial();

export const AcceptInvitation = z.strictObject({
  token: z.string().min(1).max(200).openapi({ description: 'The `token` from the mailed link.' }),
});

export const AcceptedInvitation = z
  .object({ workspaceId: z.string(), name: z.string(), role: z.enum(ROLES) })
  .openapi('AcceptedInvitation', {
    example: { workspaceId: WORKSPACE_EXAMPLE, name: 'Order desk', role: 'member' },
  });
