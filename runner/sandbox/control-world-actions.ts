import { z } from 'zod';
import { at, done, phone, world } from './control-fields.ts';
import { groupViewSchema } from './control-views.ts';
import { groupActionSchema } from './protocol/operations.ts';
import { accountLimitsSchema } from './protocol/limits.ts';
import { PAGE_FAULT_NAMES } from './protocol/page-faults.ts';
import { faultsSchema } from './world/faults.ts';

const faultChangeSchema = z.object({
  /** With an account: its own faults. Without: the sandbox's defaults, also for pages that have not paired. */
  world: world.optional(),
  account: phone.optional(),
  ...faultsSchema.partial().shape,
});

/** What happens to lines, pages, contacts and groups: POST with the request as JSON. */
export const worldActions = {
  network: {
    path: '/v1/network',
    request: at.extend({ online: z.boolean(), forMs: z.number().int().min(1).optional() }),
    response: done,
  },
  unlink: {
    path: '/v1/unlink',
    request: at.extend({
      mode: z.enum(['logout', 'state']).default('logout'),
      deviceId: z.number().int().optional(),
    }),
    response: z.object({ devices: z.number().int() }),
  },
  /** The open lines of the account's pages stand, and nothing passes either way any more. A new line is good. */
  deafen: { path: '/v1/deafen', request: at, response: z.object({ pages: z.number().int() }) },
  conflict: { path: '/v1/conflict', request: at, response: z.object({ pages: z.number().int() }) },
  faults: { path: '/v1/faults', request: faultChangeSchema, response: faultsSchema },
  /** The faults of every document loaded from now on, beside those of its profile; pages that are open keep theirs. */
  builds: {
    path: '/v1/builds',
    request: z.object({ faults: z.array(z.enum(PAGE_FAULT_NAMES)) }),
    response: done,
  },
  /** What WhatsApp limits the account to from now on. The page is told when it asks. */
  limits: {
    path: '/v1/limits',
    request: at.extend(accountLimitsSchema.shape),
    response: done,
  },
  modal: {
    path: '/v1/modal',
    request: at.extend({ show: z.boolean() }),
    response: z.object({ pages: z.number().int() }),
  },
  pageEval: {
    path: '/v1/page-eval',
    request: at.extend({ js: z.string() }),
    response: z.object({ value: z.unknown() }),
  },
  pageReload: {
    path: '/v1/page-reload',
    request: at,
    response: z.object({ pages: z.number().int() }),
  },
  contact: {
    path: '/v1/contacts',
    request: z.object({
      world,
      phone,
      name: z.string().nullable().optional(),
      pushname: z.string().optional(),
      username: z.string().nullable().optional(),
      about: z.string().optional(),
      business: z.boolean().optional(),
      privateAdd: z.boolean().optional(),
      registered: z.boolean().optional(),
      /** An id that pages do not know of this person; null, as in the beginning, lets it appear. */
      hides: z.enum(['lid', 'phone']).nullable().optional(),
    }),
    response: z.object({ pn: z.string(), lid: z.string() }),
  },
  /** A chat with each of so many made-up people, one a minute old, the next two minutes; every second one is in the address book. */
  crowd: {
    path: '/v1/crowds',
    request: at.extend({ chats: z.number().int().min(1).max(10_000) }),
    response: done,
  },
  labels: {
    path: '/v1/labels',
    request: at.extend({
      labels: z.array(z.object({ id: z.string(), name: z.string(), color: z.string() })),
    }),
    response: done,
  },
  group: {
    path: '/v1/groups',
    request: z.object({
      world,
      owner: phone,
      subject: z.string().min(1),
      members: z.array(phone),
      approval: z.boolean().default(false),
    }),
    response: groupViewSchema,
  },
  groupChange: {
    path: '/v1/group-changes',
    request: z.object({ world, group: z.string(), actor: phone, action: groupActionSchema }),
    response: groupViewSchema,
  },
  /** A channel of somebody; with an account's own number as owner, one of its own. */
  channel: {
    path: '/v1/channels',
    request: z.object({
      world,
      owner: phone,
      name: z.string().min(1),
      description: z.string().default(''),
    }),
    response: z.object({ id: z.string(), invite: z.string() }),
  },
  groupRequest: {
    path: '/v1/group-requests',
    request: z.object({ world, group: z.string(), from: phone }),
    response: done,
  },
  forgetWorld: { path: '/v1/forget-world', request: z.object({ world }), response: done },
} as const;
