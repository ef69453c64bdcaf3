import { z } from '@hono/zod-openapi';
import { ERASURE_STATUSES } from '../db/schema/erasures.ts';
import { PageQuery } from '../http/cursor.ts';
import { readBy } from '../http/read-by.ts';
import { createErasure } from '../services/erasures/create-erasure.ts';
import { getErasure } from '../services/erasures/get-erasure.ts';
import type { Contact } from '../services/erasures/ids-of-contact.ts';
import { listErasures } from '../services/erasures/list-erasures.ts';
import { counted, COUNTED } from '../services/erasures/parts.ts';
import { area, operation, withMeta } from './operation.ts';
import { Person, readPerson, Written } from './recipient-fields.ts';
import { scope } from './takes.ts';

const EXAMPLE = 'ers_01k2q8z6m4c8f7h3n5r9t1v0wx';

const Contact = readBy(Written, (value): Contact =>
  typeof value === 'string' && /^\s*@/.test(value)
    ? { username: value.trim().slice(1) }
    : readPerson(value),
).openapi({
  type: 'string',
  description:
    'A phone number in any common notation, with its country code unless the workspace has a `defaultCountry`; a phone id or LID; or a username, written `@ada`.',
  example: '+15550100001',
});

const Counts = z.object(
  Object.fromEntries(COUNTED.map((name) => [name, z.number().int()])) as Record<
    (typeof COUNTED)[number],
    z.ZodNumber
  >,
);

const Erasure = z
  .object({
    id: z.string(),
    status: z
      .enum(ERASURE_STATUSES)
      .describe('`done` when everything is gone, the files in the storage too.'),
    counts: Counts.describe('How much has been erased so far.'),
    createdBy: z.string().nullable().describe('The key or person that asked for it.'),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi('Erasure', {
    example: {
      id: EXAMPLE,
      status: 'done',
      counts: counted({
        messages: 214,
        events: 530,
        deliveries: 530,
        files: 12,
        people: 1,
        leads: 1,
      }),
      createdBy: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
      createdAt: '2026-11-21T10:00:00.000Z',
      startedAt: '2026-11-21T10:00:00.120Z',
      finishedAt: '2026-11-21T10:02:00.480Z',
    },
  });

export const erasures = area('Erasures', [
  operation({
    id: 'createErasure',
    method: 'post',
    path: '/v1/erasures',
    takes: scope('workspace:write'),
    summary: 'Erase a contact everywhere',
    description:
      'Erases a person from this workspace: messages both ways with their files, the person’s messages and reactions in groups, events and deliveries, lead, opt-out and names. What is queued or scheduled for them is cancelled. It cannot be undone. What remains is this record, which does not name them. While the work is under way, asking again answers with the same erasure. Whoever had opted out is still not written to. What the person writes later is new data.',
    body: { schema: z.strictObject({ contact: Contact }), example: { contact: '+15550100001' } },
    answer: [202, 'The erasure, which goes on by itself.', Erasure],
    errors: ['NOT_FOUND'],
    run: ({ ctx, body }) => createErasure({ ctx, input: body }),
  }),
  operation({
    id: 'listErasures',
    method: 'get',
    path: '/v1/erasures',
    takes: scope('workspace:read'),
    summary: 'List erasures, newest first',
    query: z.object({
      contact: Person.optional().openapi({
        description: 'Only erasures of this person, by any id that they were known by at the time.',
        example: '+15550100001',
      }),
      ...PageQuery,
    }),
    answer: [200, 'A page of erasures.', z.array(Erasure)],
    run: async ({ ctx, query: { contact = null, cursor = null, limit } }) => {
      const input = { contact, cursor, limit };
      const { erasures: page, nextCursor } = await listErasures({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'getErasure',
    method: 'get',
    path: '/v1/erasures/{id}',
    takes: scope('workspace:read'),
    summary: 'Get an erasure',
    params: z.object({
      id: z
        .string()
        .min(1)
        .max(100)
        .openapi({ param: { name: 'id', in: 'path' }, example: EXAMPLE }),
    }),
    answer: [200, 'The record of the erasure.', Erasure],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => getErasure({ ctx, input: params }),
  }),
]);
