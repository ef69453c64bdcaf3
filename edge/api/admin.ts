import { z } from '@hono/zod-openapi';
import { PageQuery } from '../http/cursor.ts';
import { createUser } from '../services/admin/create-user.ts';
import { getAnyWorkspace } from '../services/admin/get-any-workspace.ts';
import { listAllSessions } from '../services/admin/list-all-sessions.ts';
import { listAllWorkspaces } from '../services/admin/list-all-workspaces.ts';
import { listRunners } from '../services/admin/list-runners.ts';
import { listUsers } from '../services/admin/list-users.ts';
import { updateAnyWorkspace } from '../services/admin/update-any-workspace.ts';
import { updateUser } from '../services/admin/update-user.ts';
import {
  AdminSessionSchema,
  AdminWorkspaceSchema,
  AllSessionsQuery,
  CreateUser,
  RunnerSchema,
  UpdateAnyWorkspace,
  UpdatedUser,
  UpdateUser,
  UserId,
  UserQuery,
  UserSchema,
  WorkspaceId,
} from './admin/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { admins } from './takes.ts';

export const admin = area('Admin', [
  operation({
    id: 'listUsers',
    method: 'get',
    path: '/v1/admin/users',
    takes: admins,
    summary: 'List people, newest first',
    query: UserQuery,
    answer: [200, 'A page of people.', z.array(UserSchema)],
    run: async ({ ctx, query: { cursor = null, limit, email = null } }) => {
      const { users, nextCursor } = await listUsers({ ctx, input: { cursor, limit, email } });
      return withMeta(users, { nextCursor });
    },
  }),
  operation({
    id: 'createUser',
    method: 'post',
    path: '/v1/admin/users',
    takes: admins,
    summary: 'Create an account for somebody',
    description:
      'Mails a link that sets their password and confirms the address. It works for an hour; `POST /auth/request-password-reset` mails another. An account with this address that was never confirmed is replaced.',
    body: { schema: CreateUser, example: { email: 'ben@example.com', name: 'Ben Example' } },
    answer: [201, 'The account.', UserSchema],
    errors: ['CONFLICT'],
    run: ({ ctx, body }) => createUser({ ctx, input: body }),
  }),
  operation({
    id: 'updateUser',
    method: 'patch',
    path: '/v1/admin/users/{id}',
    takes: admins,
    summary: 'Change a person’s platform role, disable or enable them',
    description:
      'A disabled person is signed out everywhere at once, and their API keys stop working until they are enabled again. Only a person with a confirmed address can become administrator. At least one active administrator always remains, and a person named in `ADMIN_EMAILS` keeps the role.',
    params: UserId,
    body: { schema: UpdateUser, example: { isActive: false } },
    answer: [200, 'The person.', UpdatedUser],
    errors: ['NOT_FOUND', 'CONFLICT'],
    run: ({ ctx, params, body }) => updateUser({ ctx, input: { ...params, ...body } }),
  }),
  operation({
    id: 'listAllWorkspaces',
    method: 'get',
    path: '/v1/admin/workspaces',
    takes: admins,
    summary: 'List all workspaces, newest first',
    query: z.object(PageQuery),
    answer: [200, 'A page of workspaces.', z.array(AdminWorkspaceSchema)],
    run: async ({ ctx, query: { cursor = null, limit } }) => {
      const { workspaces, nextCursor } = await listAllWorkspaces({ ctx, input: { cursor, limit } });
      return withMeta(workspaces, { nextCursor });
    },
  }),
  operation({
    id: 'getAnyWorkspace',
    method: 'get',
    path: '/v1/admin/workspaces/{id}',
    takes: admins,
    summary: 'Get any workspace',
    params: WorkspaceId,
    answer: [200, 'The workspace.', AdminWorkspaceSchema],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => getAnyWorkspace({ ctx, input: params }),
  }),
  operation({
    id: 'updateAnyWorkspace',
    method: 'patch',
    path: '/v1/admin/workspaces/{id}',
    takes: admins,
    summary: 'Change a workspace’s tier and limit, suspend or resume it',
    description: 'Omitted fields stay as they are. A lower limit does not remove sessions.',
    params: WorkspaceId,
    body: { schema: UpdateAnyWorkspace, example: { tier: 'pro', maxSessions: null } },
    answer: [200, 'The workspace.', AdminWorkspaceSchema],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params, body }) => updateAnyWorkspace({ ctx, input: { ...params, ...body } }),
  }),
  operation({
    id: 'listRunners',
    method: 'get',
    path: '/v1/admin/runners',
    takes: admins,
    summary: 'List runners, the last seen first',
    answer: [200, 'The fleet.', z.array(RunnerSchema)],
    run: ({ ctx }) => listRunners({ ctx }),
  }),
  operation({
    id: 'listAllSessions',
    method: 'get',
    path: '/v1/admin/sessions',
    takes: admins,
    summary: 'List the sessions of all workspaces, newest first',
    description: 'Includes archived sessions.',
    query: AllSessionsQuery,
    answer: [200, 'A page of sessions.', z.array(AdminSessionSchema)],
    errors: ['NOT_FOUND'],
    run: async ({ ctx, query: { cursor = null, limit, status = null, workspaceId = null } }) => {
      const input = { cursor, limit, status, workspaceId };
      const { sessions, nextCursor } = await listAllSessions({ ctx, input });
      return withMeta(sessions, { nextCursor });
    },
  }),
]);
