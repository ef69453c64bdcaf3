import { z } from 'zod';

/**
 * What the simulated page and the world say to each other over `wss://…/ws/chat`, as JSON frames.
 * People are named by phone (`<digits>@c.us`) here, always; the page turns that into a LID where its profile wants it.
 */
export const profileNames = ['stock', '2026-09'] as const;
export const modalLanguages = ['en', 'pt-BR', 'de', 'ar', 'ja'] as const;
export type ProfileName = (typeof profileNames)[number];

/** What the page is told by the document that loads it, before it has paired. */
export type PageProfile = {
  name: ProfileName;
  version: string;
  /** Name of MsgKey's serialized field: builds since July 2026 minify it. */
  msgKeyField: '_serialized' | '$1';
  lidFirst: boolean;
  /** Models carry `__x_id` as an own field, and a message whose `__x_id` is undefined throws. */
  ownIdField: boolean;
  /** Shows the "what's new" dialog once, after the first pairing. */
  whatsNew: boolean;
};

export type Person = {
  pn: string;
  lid: string;
  /** Name in the phone's address book; null when not saved. */
  name: string | null;
  pushname: string;
  about: string;
  business: boolean;
  /** Direct path of the profile picture, or null. */
  picture: string | null;
  /** The one of their two ids that no page knows yet; null when both are known. */
  hides: 'lid' | 'phone' | null;
};

export const wireKeySchema = z.object({
  fromMe: z.boolean(),
  remote: z.string(),
  id: z.string().min(1),
  participant: z.string().optional(),
});
export type WireKey = z.infer<typeof wireKeySchema>;

/** A message as it travels: the fields below and whatever its type carries (caption, directPath, pollOptions, …). */
export const wireMessageSchema = z.looseObject({
  id: wireKeySchema,
  type: z.string(),
  t: z.number(),
  from: z.string(),
  to: z.string(),
  author: z.string().optional(),
  body: z.string().optional(),
  ack: z.number().default(0),
});
export type WireMessage = z.infer<typeof wireMessageSchema>;

export type Participant = { pn: string; lid: string; admin: boolean; superAdmin: boolean };
export type Group = {
  id: string;
  subject: string;
  description: string;
  descriptionId: string | null;
  owner: string;
  creation: number;
  announce: boolean;
  restrict: boolean;
  memberAddMode: boolean;
  approval: boolean;
  invite: string;
  picture: string | null;
  participants: Participant[];
  requests: { pn: string; lid: string; t: number }[];
};

export type Channel = {
  id: string;
  name: string;
  description: string;
  invite: string;
  owner: string;
  t: number;
  subscribers: string[];
  admins: string[];
};

export type ChatState = {
  id: string;
  t: number;
  unread: number;
  archived: boolean;
  pinned: number;
  muted: number;
  labels: string[];
};

export type Label = { id: string; name: string; color: string };

/** Faults and pace the world imposes on a page, read at each hello. */
export type PageSettings = {
  syncMs: number;
  /** `early` fires before the library listens, `never` not at all. */
  hasSynced: 'normal' | 'early' | 'never';
  connects: 'normal' | 'never';
  /** When messages that waited are handed over after a restart: as the real page does, or once the library listens. */
  offlineDelivery: 'beforeSync' | 'afterReady';
  modal: 'off' | 'on' | 'auto';
  modalLanguage: (typeof modalLanguages)[number];
  modalLogoutMs: number;
};

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
  exists: z.object({ jid }),
  seen: z.object({ chat: jid }),
  chatState: z.object({ chat: jid, state: z.string() }),
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

export type HelloResult =
  | { status: 'unpaired'; ref: string; settings: PageSettings }
  | { status: 'unauthorized'; ref: string; settings: PageSettings }
  | {
      status: 'ok';
      me: Person;
      platform: string;
      /** A device that never took its history gets it once, as from the phone. */
      history: boolean;
      settings: PageSettings;
    };

export type OpResults = {
  hello: HelloResult;
  refreshRef: { ref: string };
  linkCode: { code: string };
  roster: { people: Person[]; groups: Group[]; labels: Label[]; channels: Channel[] };
  history: { chats: ChatState[]; messages: WireMessage[]; people: Person[] };
  resume: { upTo: number };
  logout: Record<string, never>;
  send: { t: number };
  react: { t: number };
  edit: { t: number };
  revoke: { t: number };
  vote: { t: number };
  exists: { person: Person | null };
  seen: Record<string, never>;
  chatState: Record<string, never>;
  chatModify: Record<string, never>;
  groupCreate: {
    group: Group;
    results: {
      pn: string;
      lid: string;
      error: number | null;
      inviteCode: string;
      inviteExpiry: number;
    }[];
  };
  groupQuery: { group: Group | null };
  groupChange: { group: Group; codes: Record<string, number> };
  groupInvite: { group: Group | null };
  groupJoin: { group: Group };
  setAbout: Record<string, never>;
  setPushname: Record<string, never>;
  setPicture: { picture: string | null };
  saveContact: { person: Person };
  channelCreate: { channel: Channel };
  channelQuery: { channel: Channel | null };
  channelSearch: { channels: Channel[] };
  channelChange: { channel: Channel };
  note: Record<string, never>;
};

/** Durable: queued for a device until that device acknowledges its sequence number, never sent again after. */
export type Stanza =
  | { kind: 'message'; message: WireMessage; people: Person[]; group: Group | null }
  | { kind: 'receipt'; wireId: string; ack: number }
  /** The phone read this chat. */
  | { kind: 'read'; chat: string }
  | { kind: 'reaction'; target: string; wireId: string; from: string; text: string; t: number }
  | { kind: 'edit'; target: string; body: string; t: number }
  | { kind: 'revoke'; target: string; from: string }
  | { kind: 'vote'; target: string; wireId: string; from: string; options: number[]; t: number }
  | { kind: 'decrypted'; target: string; body: string }
  | { kind: 'group'; group: Group; people: Person[] }
  | { kind: 'people'; people: Person[] }
  | { kind: 'labels'; labels: Label[] };
export type NumberedStanza = Stanza & { seq: number };

/** Volatile: lost when nobody listens. */
export type Push =
  | { push: 'ref'; ref: string }
  | { push: 'idle' }
  | { push: 'paired'; creds: Creds; me: Person; platform: string }
  | { push: 'unlinked'; mode: 'logout' | 'state' }
  | { push: 'conflict' }
  | { push: 'eval'; evalId: number; js: string }
  | { push: 'reload' }
  | { push: 'modal'; show: boolean }
  | { push: 'passkey'; given: boolean }
  | { push: 'typing'; chat: string; from: string; state: string }
  | { push: 'call'; callId: string; from: string; video: boolean; group: boolean };

export type ServerFrame =
  | { id: number; ok: true; result: unknown }
  | { id: number; ok: false; error: { status: number; message: string } }
  | { stanzas: NumberedStanza[] }
  | Push;

export const clientFrameSchema = z.union([
  z.object({ id: z.number().int(), op: z.string(), args: z.unknown() }),
  z.object({ acked: z.array(z.number().int()) }),
  z.object({ evalId: z.number().int(), ok: z.boolean(), value: z.unknown() }),
]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;
