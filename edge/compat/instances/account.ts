import { z } from '@hono/zod-openapi';
import { admin } from '../../api/admin.ts';
import { PLATFORM_ROLES, UserSchema } from '../../api/admin/schemas.ts';
import { me } from '../../api/me.ts';
import { MeSchema } from '../../api/me/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { statistics, StatsRow, Usage } from '../../api/statistics.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { answerInstance, instanceAnswer } from './envelope.ts';

const getMe = operationOf(me, 'getMe');
const createUser = operationOf(admin, 'createUser');
const getUsage = operationOf(statistics, 'getUsage');
const getStats = operationOf(statistics, 'getStats');

/** What an operation of ours gives as it is. */
const asItIs = (row: {
  id: string;
  path: `/api/${string}`;
  summary: string;
  called: Row;
  schema: z.ZodType;
}): Row =>
  alias({
    id: row.id,
    method: 'get',
    path: row.path,
    summary: row.summary,
    calls: [row.called],
    responses: { 200: instanceAnswer(`${row.summary}.`, row.schema) },
    run: async (_call, c) => {
      const { data } = await answerOf(await row.called.call(c, {}), z.unknown());
      return answerInstance(c, data);
    },
  });

export const instanceAccount: readonly Row[] = [
  asItIs({
    id: 'instancesMe',
    path: '/api/auth/me',
    summary: 'The signed-in person',
    called: getMe,
    schema: MeSchema,
  }),
  alias({
    id: 'instancesCreateUser',
    method: 'post',
    path: '/api/users',
    summary: 'Create an account for somebody',
    description:
      'For platform administrators. The person is mailed a link that sets their password: a `password` here is ignored.',
    calls: [createUser],
    body: {
      schema: z.object({
        email: z.string(),
        name: z.string(),
        role: z.enum(PLATFORM_ROLES).optional(),
      }),
      example: { email: 'ben@example.com', name: 'Ben Example' },
    },
    responses: { 201: instanceAnswer('The account.', UserSchema) },
    run: async ({ body: { email, name, role } }, c) => {
      const given = { body: { email, name, ...(role !== undefined && { role }) } };
      const { data } = await answerOf(await createUser.call(c, given), UserSchema);
      return answerInstance(c, data, { status: 201 });
    },
  }),
  asItIs({
    id: 'instancesUsage',
    path: '/api/subscription/usage',
    summary: 'The usage of this month',
    called: getUsage,
    schema: Usage,
  }),
  asItIs({
    id: 'instancesStats',
    path: '/api/stats',
    summary: 'The messages of the last 30 days, by day',
    called: getStats,
    schema: z.array(StatsRow),
  }),
];
