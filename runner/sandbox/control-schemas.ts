import { z } from 'zod';
import {
  accountViewSchema,
  groupViewSchema,
  infoSchema,
  spellSchema,
  violationSchema,
  wireRecordSchema,
} from './control-views.ts';
import { groupActionSchema } from './protocol/operations.ts';
import { faultsSchema } from './world/faults.ts';

/** The control API: the phone in the user's hand, the rest of the world, and the faults. One table for server and client. */

const world = z.string().min(1).max(200);
/** A phone in any spelling: `+1 555 010 0001`, digits, or `<digits>@c.us`. */
const phone = z.string().min(5).max(40);
const wireId = z.string().min(1);
const at = z.object({ world, account: phone });
const done = z.object({});

const linked = z.object({ account: z.string(), lid: z.string(), deviceId: z.number().int() });

const messageTypes = [
  'text',
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
  'ciphertext',
] as const;

export const incomingSchema = at.extend({
  /** Who writes. The account's own phone writes to `chat` when this is the account itself. */
  from: phone,
  pushname: z.string().optional(),
  /** Group jid, or (from the account's own phone) the chat written to. */
  chat: z.string().optional(),
  type: z.enum(messageTypes).default('text'),
  body: z.string().optional(),
  caption: z.string().optional(),
  mediaBase64: z.string().optional(),
  mimetype: z.string().optional(),
  filename: z.string().optional(),
  quotedWireId: wireId.optional(),
  mentions: z.array(phone).optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  /** Contact cards, for type `contact`. */
  vcard: z.string().optional(),
  pollOptions: z.array(z.string()).optional(),
  forwarded: z.boolean().optional(),
});
const sentBack = z.object({ wireId, chat: z.string(), t: z.number().int() });

const faultChangeSchema = z.object({
  /** With an account: its own faults. Without: the sandbox's defaults, also for pages that have not paired. */
  world: world.optional(),
  account: phone.optional(),
  ...faultsSchema.partial().shape,
});

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

/** Actions: POST with the request as JSON. */
export const actions = {
  scan: {
    path: '/v1/scan',
    request: z.object({
      world,
      qr: z.string().min(1),
      phone,
      pushname: z.string().min(1).optional(),
    }),
    response: linked,
  },
  enterCode: {
    path: '/v1/enter-code',
    request: z.object({
      world,
      code: z.string().min(8),
      phone,
      pushname: z.string().min(1).optional(),
    }),
    response: linked,
  },
  /** Instead of linking at once, WhatsApp asks the page that shows this code for a passkey, or has got one from it. */
  passkey: {
    path: '/v1/passkeys',
    request: z.object({ qr: z.string().min(1), step: z.enum(['ask', 'give']) }),
    response: done,
  },
  message: { path: '/v1/messages', request: incomingSchema, response: sentBack },
  /** The account's own phone reads a chat. */
  read: {
    path: '/v1/reads',
    request: at.extend({ chat: z.string() }),
    response: done,
  },
  reaction: {
    path: '/v1/reactions',
    request: at.extend({ wireId, from: phone, text: z.string() }),
    response: done,
  },
  edit: { path: '/v1/edits', request: at.extend({ wireId, body: z.string() }), response: done },
  revoke: { path: '/v1/revokes', request: at.extend({ wireId }), response: done },
  vote: {
    path: '/v1/votes',
    request: at.extend({ wireId, from: phone, options: z.array(z.string()) }),
    response: done,
  },
  decrypt: {
    path: '/v1/decrypt',
    request: at.extend({ wireId, body: z.string() }),
    response: done,
  },
  call: {
    path: '/v1/calls',
    request: at.extend({
      from: phone,
      video: z.boolean().default(false),
      group: z.boolean().default(false),
    }),
    response: z.object({ callId: z.string() }),
  },
  typing: {
    path: '/v1/typing',
    request: at.extend({ from: phone, state: z.enum(['composing', 'recording', 'paused']) }),
    response: done,
  },
  ack: {
    path: '/v1/acks',
    /** −1: WhatsApp reports an error for it. */
    request: at.extend({
      wireId,
      ack: z.union([z.literal(-1), z.number().int().min(1).max(4)]),
    }),
    response: z.object({ changed: z.boolean() }),
  },
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
      about: z.string().optional(),
      business: z.boolean().optional(),
      privateAdd: z.boolean().optional(),
      registered: z.boolean().optional(),
      /** An id that pages do not know of this person; null, as in the beginning, lets it appear. */
      hides: z.enum(['lid', 'phone']).nullable().optional(),
    }),
    response: z.object({ pn: z.string(), lid: z.string() }),
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
  groupRequest: {
    path: '/v1/group-requests',
    request: z.object({ world, group: z.string(), from: phone }),
    response: done,
  },
  forgetWorld: { path: '/v1/forget-world', request: z.object({ world }), response: done },
} as const;

export type Reads = typeof reads;
export type Actions = typeof actions;

export const controlErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});
