import { z } from '@hono/zod-openapi';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { leads } from '../../api/leads.ts';
import type { Row } from '../../api/operation.ts';
import { LEAD_STATUSES } from '../../db/schema/leads.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { wholeList } from '../pages.ts';
import { to } from '../send-fields.ts';
import { json } from '../json-answer.ts';

const create = operationOf(leads, 'createLead');
const list = operationOf(leads, 'listLeads');

const Ours = z.object({
  id: z.string(),
  person: KnownPerson,
  name: z.string().nullable(),
  status: z.enum(LEAD_STATUSES),
  notes: z.string().nullable(),
  createdAt: z.string(),
});
const SocketLead = z
  .object({
    id: z.string(),
    phone: z.string().describe('The number, or the id of somebody who hides it.'),
    name: z.string().nullable(),
    status: z.enum(LEAD_STATUSES),
    notes: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('SocketLead', {
    example: {
      id: 'led_01k2q8z6m4c8f7h3n5r9t1v0wx',
      phone: '15550100001',
      name: 'Ada',
      status: 'new',
      notes: null,
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  });
const show = ({ person, ...lead }: z.output<typeof Ours>) => ({
  ...lead,
  phone: person.phone ?? person.id,
});

export const leadRows: readonly Row[] = [
  alias({
    id: 'sessionsListLeads',
    method: 'get',
    path: '/api/leads',
    summary: 'List the leads, newest first',
    calls: [list],
    responses: {
      200: json(
        'Up to 1,000 leads.',
        z.object({ leads: z.array(SocketLead) }).openapi('SocketLeads'),
      ),
    },
    run: async (_call, c) => c.json({ leads: (await wholeList(c, list, Ours)).map(show) }),
  }),
  alias({
    id: 'sessionsCreateLead',
    method: 'post',
    path: '/api/leads',
    summary: 'Add a lead',
    calls: [create],
    body: {
      schema: z.object({
        phone: to,
        name: z.string().optional(),
        notes: z.string().optional(),
        status: z.enum(LEAD_STATUSES).optional(),
      }),
      example: { phone: '+15550100001', name: 'Ada' },
    },
    responses: {
      201: json('The lead.', z.object({ lead: SocketLead }).openapi('CreatedSocketLead')),
    },
    run: async ({ body: { phone: person, name, notes, status } }, c) => {
      const body = {
        person,
        ...(name !== undefined && { name }),
        ...(notes !== undefined && { notes }),
        ...(status !== undefined && { status }),
      };
      const answer = await create.call(c, { body, called: { person: 'phone' } });
      return c.json({ lead: show((await answerOf(answer, Ours)).data) }, 201);
    },
  }),
];
