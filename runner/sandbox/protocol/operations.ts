import { z } from 'zod';
import { wireKeySchema, wireMessageSchema } from './records.ts';

const jid = z.string().min(3);
const credsSchema = z.object({ deviceId: z.number().int(), token: z.string() });
export type Creds = z.infer<typeof credsSchema>;

export const groupActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), members: z.array(jid) }),
  z.object({ kind: z.literal('remove'), members: z.array(jid) }),
  z.object({ kind: z.literal('promote'), members: z.array(jid) }),
  z.object({ kind: z.literal('demote'), members: z.array(jid) }),
  z.object({ kind: z.literal('approve'), members: z.array(jid) }),
  z.object({ kind: z.literal('reject'), members: z.array(jid) }),
  z.object({ kind: z.literal('subject'), subject: z.string() }),
  z.object({ kind: z.literal('description'), description: z.string(), id: z.string() }),
  z.object({
    kind: z.literal('setting'),
    setting: z.enum(['announce', 'restrict', 'memberAddMode', 'approval']),
    on: z.boolean(),
  }),
  z.object({ kind: z.literal('leave') }),
  z.object({ kind: z.literal('resetInvite') }),
]);
export type GroupAction = z.infer<typeof groupActionSchema>;

/** Every operation a page may ask for, with the shape of its argument. */
export const opSchemas = {
  hello: z.object({
    creds: credsSchema.nullable(),
    counter: z.number().int(),
    browser: z.record(z.string(), z.unknown()),
  }),
  refreshRef: z.object({}),
  linkCode: z.object({ phone: z.string() }),
  roster: z.object({}),
  history: z.object({}),
  resume: z.object({}),
  logout: z.object({}),
  send: z.object({ message: wireMessageSchema, counter: z.number().int(), resend: z.boolean() }),
  react: z.object({
    target: wireKeySchema,
    wireId: z.string(),
    text: z.string(),
    counter: z.number().int(),
  }),
  edit: z.object({
    target: wireKeySchema,
    wireId: z.string(),
    body: z.string(),
    counter: z.number().int(),
  }),
  revoke: z.object({ target: wireKeySchema, wireId: z.string(), counter: z.number().int() }),
  vote: z.object({
    target: wireKeySchema,
    wireId: z.string(),
    options: z.array(z.number().int()),
    counter: z.number().int(),
  }),
  resend: z.object({ wireIds: z.array(z.string()) }),
  exists: z.object({ jid }),
  seen: z.object({ chat: jid }),
  chatState: z.object({ chat: jid, state: z.string() }),
  presence: z.object({ available: z.boolean() }),
  presenceSubscribe: z.object({ jid }),
  limits: z.object({}),
  chatModify: z.object({
    chat: jid,
    patch: z.object({
      archived: z.boolean().optional(),
      pinned: z.number().optional(),
      muted: z.number().optional(),
      unread: z.number().optional(),
      labels: z.array(z.string()).optional(),
    }),
  }),
  groupCreate: z.object({
    subject: z.string(),
    members: z.array(jid),
    announce: z.boolean(),
    restrict: z.boolean(),
    memberAddMode: z.boolean(),
    approval: z.boolean(),
  }),
  groupQuery: z.object({ id: jid }),
  groupChange: z.object({ id: jid, action: groupActionSchema }),
  groupInvite: z.object({ code: z.string() }),
  groupJoin: z.object({ code: z.string() }),
  setAbout: z.object({ about: z.string() }),
  setPushname: z.object({ pushname: z.string().min(1) }),
  setPicture: z.object({ target: jid, dataUrl: z.string().nullable() }),
  saveContact: z.object({ pn: jid, name: z.string().nullable() }),
  channelCreate: z.object({ name: z.string().min(1), description: z.string() }),
  channelQuery: z.object({ id: z.string().optional(), invite: z.string().optional() }),
  channelSearch: z.object({ text: z.string() }),
  channelChange: z.object({
    id: jid,
    action: z.enum(['subscribe', 'unsubscribe', 'delete', 'edit', 'owner', 'promote', 'demote']),
    name: z.string().optional(),
    description: z.string().optional(),
    pn: z.string().optional(),
  }),
  note: z.object({ what: z.string(), data: z.unknown() }),
} as const;

export type OpName = keyof typeof opSchemas;
export type OpArgs<K extends OpName> = z.infer<(typeof opSchemas)[K]>;
