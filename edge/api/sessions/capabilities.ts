import { z } from '@hono/zod-openapi';
import { listCapabilities } from '../../services/live/capabilities.ts';
import { operation, withMeta } from '../operation.ts';
import { scope } from '../takes.ts';
import { SessionRef } from './schemas.ts';

const CapabilitySchema = z
  .object({
    name: z.string().describe('`send.<kind>`, or the name of an operation.'),
    supported: z
      .enum(['yes', 'no', 'account'])
      .describe('`account`: only some accounts have it, such as those of businesses.'),
    reason: z.string().nullable().describe('Why not.'),
  })
  .openapi('Capability', { example: { name: 'send.poll', supported: 'yes', reason: null } });

export const capabilities = operation({
  id: 'listCapabilities',
  method: 'get',
  path: '/v1/sessions/{id}/capabilities',
  takes: scope('sessions:read'),
  summary: 'List what a session can do',
  description:
    'Anything else is answered with `NOT_SUPPORTED`; `details.capability` is its name in this list.',
  params: SessionRef,
  answer: [200, 'Everything that can be asked of a session.', z.array(CapabilitySchema)],
  errors: ['SESSION_NOT_FOUND'],
  run: async ({ ctx, params }) => {
    const { capabilities: all, ...meta } = await listCapabilities({ ctx, input: params });
    return withMeta(all, meta);
  },
});
