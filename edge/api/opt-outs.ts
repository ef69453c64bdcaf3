import { z } from '@hono/zod-openapi';
import { ADA, KnownPerson } from '../../shared/catalogue/person.ts';
import { PageQuery } from '../http/cursor.ts';
import { createOptOut } from '../services/opt-outs/create-opt-out.ts';
import { deleteOptOut } from '../services/opt-outs/delete-opt-out.ts';
import { listOptOuts } from '../services/opt-outs/list-opt-outs.ts';
import { Deleted } from './deleted.ts';
import { area, operation, withMeta } from './operation.ts';
import { Person } from './recipient-fields.ts';
import { scope } from './takes.ts';

const EXAMPLE = 'opt_01k2q8z6m4c8f7h3n5r9t1v0wx';

const OptOut = z
  .object({
    id: z.string(),
    person: KnownPerson,
    source: z
      .enum(['api', 'stop_word'])
      .describe('`stop_word`: the person wrote one of the `stopWords` of the workspace.'),
    createdAt: z.iso.datetime(),
  })
  .openapi('OptOut', {
    example: {
      id: EXAMPLE,
      person: ADA,
      source: 'stop_word',
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });

export const optOuts = area('Opt-outs', [
  operation({
    id: 'createOptOut',
    method: 'post',
    path: '/v1/opt-outs',
    takes: scope('contacts:write'),
    summary: 'Opt somebody out',
    description:
      'From then on a send to them is refused with `RECIPIENT_OPTED_OUT`, and what is queued for them fails with it. Opting out twice changes nothing.',
    body: { schema: z.strictObject({ person: Person }), example: { person: '+15550100001' } },
    answer: [201, 'The entry.', OptOut],
    run: ({ ctx, body }) => createOptOut({ ctx, input: body }),
  }),
  operation({
    id: 'listOptOuts',
    method: 'get',
    path: '/v1/opt-outs',
    takes: scope('contacts:read'),
    summary: 'List opt-outs, newest first',
    query: z.object(PageQuery),
    answer: [200, 'A page of entries.', z.array(OptOut)],
    run: async ({ ctx, query: { cursor = null, limit } }) => {
      const { optOuts: page, nextCursor } = await listOptOuts({ ctx, input: { cursor, limit } });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'deleteOptOut',
    method: 'delete',
    path: '/v1/opt-outs/{id}',
    takes: scope('contacts:write'),
    summary: 'Delete an opt-out',
    params: z.object({
      id: z
        .string()
        .min(1)
        .max(100)
        .openapi({ param: { name: 'id', in: 'path' }, example: EXAMPLE }),
    }),
    answer: [200, 'They may be sent to again.', Deleted],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteOptOut({ ctx, input: params }),
  }),
]);
