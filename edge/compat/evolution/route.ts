import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { refused as refusedRow } from '../refused.ts';
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

/** A route of an instance that says why not. `calls` is whose scope it takes. */
export const refused = ({
  path,
  calls: like,
  ...row
}: Omit<Parameters<typeof refusedRow>[0], 'path' | 'like' | 'params'> & {
  path: string;
  calls: Row;
}): Row => refusedRow({ ...row, path: `${BASE}/${path}/{instance}`, params: Instance, like });
