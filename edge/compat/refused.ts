import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';
import type { Row } from '../api/operation.ts';
import type { Takes } from '../api/takes.ts';
import { getSessionStatus } from '../services/sessions/get-session-status.ts';
import { alias } from './alias.ts';

type Refused = {
  id: string;
  method: 'get' | 'post' | 'put' | 'delete';
  path: Parameters<typeof alias>[0]['path'];
  summary: string;
  /** A whole sentence: it is the message of the answer. */
  reason: string;
  /** Whose scope it takes. */
  like: Row;
  params?: z.ZodObject;
  takes?: Takes;
};

const Named = z.object({ session: z.string().optional(), instance: z.string().optional() });

const isOfSession = ({ shape }: z.ZodObject): boolean => 'session' in shape || 'instance' in shape;

/** Why a number cannot be made to show as online. */
export const ONLINE =
  'The engine cannot change whether the number is online while it runs: set `alwaysOnline`, which applies from the next start.';

/** A route that is there to say why not: 501, and before that 404 for a session that there is not. */
export const refused = ({ reason, like, params = z.object({}), ...row }: Refused): Row =>
  alias({
    ...row,
    params,
    description: `Always answers 501. ${reason}`,
    calls: [like],
    errors: ['NOT_SUPPORTED', ...(isOfSession(params) ? (['SESSION_NOT_FOUND'] as const) : [])],
    responses: {},
    run: async ({ ctx, params: given }) => {
      const { session, instance } = Named.parse(given);
      const id = session ?? instance;
      if (id !== undefined) await getSessionStatus({ ctx, input: { id } });
      throw new AppError('NOT_SUPPORTED', reason);
    },
  });
