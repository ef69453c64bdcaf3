import { z } from '@hono/zod-openapi';
import { ADA, KnownPerson } from '../../shared/catalogue/person.ts';
import { LEAD_STATUSES } from '../db/schema/leads.ts';
import { PageQuery } from '../http/cursor.ts';
import { createLead } from '../services/leads/create-lead.ts';
import { deleteLead } from '../services/leads/delete-lead.ts';
import { getLead } from '../services/leads/get-lead.ts';
import { listLeads } from '../services/leads/list-leads.ts';
import { updateLead } from '../services/leads/update-lead.ts';
import { Deleted } from './deleted.ts';
import { Name } from './name-fields.ts';
import { area, operation, withMeta } from './operation.ts';
import { Person } from './recipient-fields.ts';
import { scope } from './takes.ts';

const EXAMPLE = 'led_01k2q8z6m4c8f7h3n5r9t1v0wx';
const LeadRef = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: EXAMPLE }),
});
const Status = z.enum(LEAD_STATUSES);
const Lead = z
  .object({
    id: z.string(),
    person: KnownPerson,
    name: z.string().nullable(),
    status: Status,
    notes: z.string().nullable(),
    source: z
      .enum(['api', 'inbound'])
      .describe('`inbound`: the person wrote to a session while the workspace has `captureLeads`.'),
    sessionId: z.string().nullable().describe('The session that the person wrote to.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Lead', {
    example: {
      id: EXAMPLE,
      person: ADA,
      name: 'Ada',
      status: 'new',
      notes: null,
      source: 'inbound',
      sessionId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
      createdAt: '2026-11-21T10:00:00.000Z',
      updatedAt: '2026-11-21T10:00:00.000Z',
    },
  });

const name = Name.nullable();
const notes = z.string().max(4_000).nullable();
const CreateLead = z.strictObject({
  person: Person,
  name: name.default(null),
  status: Status.default('new'),
  notes: notes.default(null),
});
const UpdateLead = z
  .strictObject({ name: name.optional(), status: Status.optional(), notes: notes.optional() })
  .refine((changes) => Object.keys(changes).length > 0, 'name a field to change');

export const leads = area('Leads', [
  operation({
    id: 'createLead',
    method: 'post',
    path: '/v1/leads',
    takes: scope('contacts:write'),
    summary: 'Add a lead',
    description: 'A person who is a lead already is `CONFLICT`, with the lead’s id in `details`.',
    body: { schema: CreateLead, example: { person: '+15550100001', name: 'Ada' } },
    answer: [201, 'The lead.', Lead],
    errors: ['CONFLICT'],
    run: ({ ctx, body }) => createLead({ ctx, input: body }),
  }),
  operation({
    id: 'listLeads',
    method: 'get',
    path: '/v1/leads',
    takes: scope('contacts:read'),
    summary: 'List leads, newest first',
    query: z.object({ ...PageQuery, status: Status.optional() }),
    answer: [200, 'A page of leads.', z.array(Lead)],
    run: async ({ ctx, query: { cursor = null, limit, status = null } }) => {
      const { leads: page, nextCursor } = await listLeads({
        ctx,
        input: { status, cursor, limit },
      });
      return withMeta(page, { nextCursor });
    },
  }),
  operation({
    id: 'getLead',
    method: 'get',
    path: '/v1/leads/{id}',
    takes: scope('contacts:read'),
    summary: 'Get a lead',
    params: LeadRef,
    answer: [200, 'The lead.', Lead],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => getLead({ ctx, input: params }),
  }),
  operation({
    id: 'updateLead',
    method: 'patch',
    path: '/v1/leads/{id}',
    takes: scope('contacts:write'),
    summary: 'Change a lead',
    params: LeadRef,
    body: { schema: UpdateLead, example: { status: 'contacted', notes: 'Wants an offer.' } },
    answer: [200, 'The lead.', Lead],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params, body }) => updateLead({ ctx, input: { ...params, ...body } }),
  }),
  operation({
    id: 'deleteLead',
    method: 'delete',
    path: '/v1/leads/{id}',
    takes: scope('contacts:write'),
    summary: 'Delete a lead',
    description: 'With `captureLeads`, the person becomes one again with the next message.',
    params: LeadRef,
    answer: [200, 'The lead is deleted.', Deleted],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteLead({ ctx, input: params }),
  }),
]);
