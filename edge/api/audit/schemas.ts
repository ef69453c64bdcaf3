import { z } from '@hono/zod-openapi';
import type { AuditFilter } from '../../services/audit/internal.ts';
import { Moment } from '../moment-field.ts';

const Word = z.string().min(1).max(100);
const moment = (description: string) => Moment.optional().openapi({ description });

/** Filters of the audit log, for its list and its export. */
export const FilterQuery = {
  kind: z.enum(['request', 'security']).optional().openapi({
    description: '`request`: one entry for each call. `security`: events such as `key.created`.',
  }),
  action: Word.optional().openapi({
    description: 'An operationId, or the name of a security event.',
    example: 'createKey',
  }),
  actor: Word.optional().openapi({ description: 'Id of the key or user that acted.' }),
  target: Word.optional().openapi({ description: 'Id of what was acted on.' }),
  status: z.coerce.number().int().min(100).max(599).optional().openapi({ example: 403 }),
  since: moment('Only entries from this time on.'),
  until: moment('Only entries before this time.'),
};

const Filter = z.object(FilterQuery);

export const filterOf = (query: z.output<typeof Filter>): AuditFilter => ({
  kind: query.kind ?? null,
  action: query.action ?? null,
  actor: query.actor ?? null,
  target: query.target ?? null,
  status: query.status ?? null,
  since: query.since ?? null,
  until: query.until ?? null,
});

export const AUDIT_SHOWN = {
  id: 'aud_01k2q8z6m4c8f7h3n5r9t1v0wx',
  at: '2026-11-21T10:12:00.000Z',
  kind: 'request' as const,
  action: 'sendText',
  actorType: 'apiKey' as const,
  actorId: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
  target: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
  method: 'POST',
  route: '/v1/messages/text',
  status: 202,
  errorCode: null,
  requestId: 'req_01k2q8z6m4c8f7h3n5r9t1v0wx',
  address: '203.0.113.7',
  details: { sessionId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx' },
};

export const AuditEntrySchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    kind: z.enum(['request', 'security']),
    action: z.string().openapi({
      description: 'operationId of the call, or the name of the security event.',
    }),
    actorType: z.enum(['apiKey', 'user', 'system', 'none']),
    actorId: z.string().nullable(),
    target: z.string().nullable(),
    method: z.string().nullable(),
    route: z
      .string()
      .nullable()
      .openapi({ description: 'The pattern of the path, without ids or query.' }),
    status: z.number().int().nullable(),
    errorCode: z.string().nullable(),
    requestId: z.string().nullable(),
    address: z.string().nullable().openapi({ description: 'Where the call came from, if known.' }),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi('AuditEntry', { example: AUDIT_SHOWN });
