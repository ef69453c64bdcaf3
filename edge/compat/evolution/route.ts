import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { Row } from '../../api/operation.ts';
import type { Takes } from '../../api/takes.ts';
import { getSessionStatus } from '../../services/sessions/get-session-status.ts';
import { alias } from '../alias.ts';
import { SessionLookup } from '../../api/name-fields.ts';

export const BASE = '/compat/evolution';

/** The instance at the end of each address. */
export const Instance = z.object({
  instance: SessionLookup.openapi({
    param: { name: 'instance', in: 'path' },
    description: 'Name or id of the instance.',
    example: 'support',
  }),
});

/** The instance of an address, as our operations take it, and what a refusal calls it. */
export const inBody = ({ instance }: z.output<typeof Instance>) => ({ sessionId: instance });
export const CALLED = { sessionId: 'instance' };

/** What WhatsApp or its engine cannot do: the instance is looked for, and the reason is the answer. */
export const refused = (row: {
  id: string;
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  summary: string;
  reason: string;
  calls: Row;
  takes?: Takes;
}): Row =>
  alias({
    id: row.id,
    method: row.method,
    path: `${BASE}/${row.path}/{instance}`,
    summary: row.summary,
    description: `Always answers 501. ${row.reason}`,
    calls: [row.calls],
    ...(row.takes !== undefined && { takes: row.takes }),
    errors: ['NOT_SUPPORTED', 'SESSION_NOT_FOUND'],
    params: Instance,
    responses: {},
    run: async ({ ctx, params: { instance } }) => {
      await getSessionStatus({ ctx, input: { id: instance } });
      throw new AppError('NOT_SUPPORTED', row.reason);
    },
  });
