import { z } from '@hono/zod-openapi';
import { groups } from '../../api/groups.ts';
import { GroupMemberSchema } from '../../api/groups/answers.ts';
import { envelope } from '../../http/envelope.ts';
import { alias, operationOf, type System } from '../alias.ts';
import { gatewayMessages } from './messages.ts';

const listGroupMembers = operationOf(groups, 'listGroupMembers');

/** Its answers are in the envelope of the public API, with the same errors. */
export const gateway: System = {
  name: 'gateway',
  title: 'Gateway',
  description:
    'The routes of the gateway: texts, files, replies, groups. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/api'],
  dialect: null,
  rows: [
    ...gatewayMessages,
    alias({
      id: 'gatewayListGroupMembers',
      method: 'get',
      path: '/api/groups/{groupId}/members',
      summary: 'List the members of a group',
      calls: [listGroupMembers],
      params: z.object({
        groupId: z
          .string()
          .openapi({ param: { name: 'groupId', in: 'path' }, example: '120363012345678901@g.us' }),
      }),
      query: z.object({
        sessionId: z.string().optional(),
        format: z.string().optional().openapi({ description: '`json`, the default, or `csv`.' }),
      }),
      responses: {
        200: {
          description: 'The members.',
          content: {
            'application/json': { schema: envelope(z.array(GroupMemberSchema)) },
            'text/csv': { schema: z.string() },
          },
        },
      },
      run: async ({ params, query: { sessionId, format } }, c) =>
        listGroupMembers.call(c, {
          params: { id: params.groupId },
          query: { sessionId, format },
          called: { id: 'groupId' },
        }),
    }),
  ],
};
