import { z } from '@hono/zod-openapi';
import { admin } from '../../api/admin.ts';
import type { Row } from '../../api/operation.ts';
import { basePath } from '../../values/public-url.ts';
import { alias, operationOf } from '../alias.ts';
import { queueEnvelope } from './dialect.ts';

const Ours = z.object({
  data: z.unknown(),
  meta: z.object({ nextCursor: z.string().nullable().optional() }),
});
const nextCursor = z.string().nullable().optional();

/** `/v1/admin` in the queue's envelope; a list has its cursor beside `data`. */
const mirrored = admin.rows.map((row): Row =>
  row.mirror({
    id: `queue${row.id.charAt(0).toUpperCase()}${row.id.slice(1)}`,
    path: `/api/${row.path.slice('/v1/'.length)}`,
    takesAdminPassword: true,
    responses: (own) =>
      Object.fromEntries(
        Object.entries(own).map(([status, response]) => [
          status,
          { ...response, content: { 'application/json': { schema: inQueueEnvelope(response) } } },
        ]),
      ),
    answer: async (c, own) => {
      const { data, meta } = Ours.parse(await own.json());
      const next = meta.nextCursor === undefined ? {} : { nextCursor: meta.nextCursor };
      return c.json({ ok: true, data, ...next }, own.status === 201 ? 201 : 200);
    },
  }),
);

function inQueueEnvelope(response: object): z.ZodType {
  const content = 'content' in response ? Object(response.content) : {};
  const schema: unknown = Object(content['application/json']).schema;
  if (!(schema instanceof z.ZodObject)) throw new Error('an operation answers with an envelope');
  const data: unknown = schema.shape['data'];
  if (!(data instanceof z.ZodType)) throw new Error('an envelope has data');
  return data instanceof z.ZodArray
    ? queueEnvelope(data).extend({ nextCursor })
    : queueEnvelope(data);
}

export const queueAdmin: readonly Row[] = [
  ...mirrored,
  alias({
    id: 'queueOpenAdmin',
    method: 'get',
    path: '/admin',
    takesAdminPassword: true,
    summary: 'Open the administration of the dashboard',
    calls: [operationOf(admin, 'listUsers')],
    responses: { 302: { description: 'The dashboard is at `Location`.' } },
    run: async (_call, c) => c.redirect(`${basePath(c.get('services').env)}/administration`, 302),
  }),
];
