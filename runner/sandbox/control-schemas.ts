import { z } from 'zod';
import { at, phone, world } from './control-fields.ts';
import { phoneActions } from './control-phone-actions.ts';
import {
  accountViewSchema,
  groupViewSchema,
  infoSchema,
  spellSchema,
  violationSchema,
  wireRecordSchema,
} from './control-views.ts';
import { worldActions } from './control-world-actions.ts';

/** The control API: the phone in the user's hand, the rest of the world, and the faults. One table for server and client. */

/** Reads: GET with the request as query parameters (`account` moves into the path). */
export const reads = {
  info: { path: '/v1/info', request: z.object({}), response: infoSchema },
  accounts: {
    path: '/v1/accounts',
    request: z.object({ world }),
    response: z.object({
      accounts: z.array(
        z.object({
          account: z.string(),
          lid: z.string(),
          pushname: z.string(),
          online: z.boolean(),
        }),
      ),
    }),
  },
  account: {
    path: '/v1/accounts/:account',
    request: at.extend({ limit: z.coerce.number().int().min(1).max(1000).optional() }),
    response: accountViewSchema,
  },
  wire: {
    path: '/v1/wire',
    request: z.object({
      world,
      account: phone.optional(),
      after: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(10_000).optional(),
    }),
    response: z.object({ records: z.array(wireRecordSchema) }),
  },
  violations: {
    path: '/v1/violations',
    request: z.object({ world: world.optional(), account: phone.optional() }),
    response: z.object({ violations: z.array(violationSchema) }),
  },
  /** When the account's devices were connected, since the sandbox started; oldest first. */
  connections: {
    path: '/v1/connections',
    request: at,
    response: z.object({ connections: z.array(spellSchema) }),
  },
  groups: {
    path: '/v1/groups',
    request: z.object({ world }),
    response: z.object({ groups: z.array(groupViewSchema) }),
  },
} as const;

export const actions = { ...phoneActions, ...worldActions };

export type Reads = typeof reads;
export type Actions = typeof actions;

export const controlErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});
