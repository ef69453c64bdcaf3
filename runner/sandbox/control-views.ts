import { z } from 'zod';
import { profileNames } from './protocol/profile.ts';

/** What the control API shows: the sandbox itself, phones' screens, the wire record, groups. */

const world = z.string().min(1).max(200);
const wireId = z.string().min(1);

export const infoSchema = z.object({
  tlsHost: z.string(),
  tlsPort: z.number().int(),
  /** Base64 SHA-256 of the certificate's public key. */
  spki: z.string(),
  chromiumArgs: z.array(z.string()),
  profiles: z.record(
    z.enum(profileNames),
    z.object({ tlsPort: z.number().int(), chromiumArgs: z.array(z.string()) }),
  ),
});

const messageViewSchema = z.object({
  wireId,
  chat: z.string(),
  fromMe: z.boolean(),
  /** Phone of who wrote it. */
  author: z.string(),
  type: z.string(),
  body: z.string().nullable(),
  caption: z.string().nullable(),
  /** Direct path of the media, for `media()`. */
  mediaPath: z.string().nullable(),
  mimetype: z.string().nullable(),
  filename: z.string().nullable(),
  size: z.number().nullable(),
  quotedWireId: z.string().nullable(),
  /** -1 failed, 0 waiting, 1 server, 2 delivered, 3 read, 4 played. */
  ack: z.number().int(),
  t: z.number().int(),
  reactions: z.array(z.object({ from: z.string(), text: z.string(), t: z.number() })),
  votes: z.array(z.object({ from: z.string(), options: z.array(z.number()) })),
  /** Everything else the message carries, as it travelled. */
  content: z.record(z.string(), z.unknown()),
});
export type MessageView = z.infer<typeof messageViewSchema>;

const deviceViewSchema = z.object({
  id: z.number().int(),
  profile: z.string(),
  online: z.boolean(),
  counter: z.number().int(),
  linkedAt: z.number(),
  unlinkedAt: z.number().nullable(),
  /** Most connections that spoke for this link at the same time. */
  mostAtOnce: z.number().int(),
  /** Stanzas it has not acknowledged. */
  waiting: z.number().int(),
});

export const accountViewSchema = z.object({
  world,
  account: z.string(),
  lid: z.string(),
  pushname: z.string(),
  online: z.boolean(),
  network: z.boolean(),
  devices: z.array(deviceViewSchema),
  chats: z.array(
    z.object({
      id: z.string(),
      lid: z.string().nullable(),
      name: z.string(),
      group: z.boolean(),
      unread: z.number(),
      archived: z.boolean(),
      pinned: z.boolean(),
      muted: z.boolean(),
      t: z.number(),
    }),
  ),
  /** Newest last. */
  messages: z.array(messageViewSchema),
  /** What pages sent that is no message: call rejections, status posts. */
  notes: z.array(z.object({ what: z.string(), data: z.unknown(), t: z.number() })),
});
export type AccountView = z.infer<typeof accountViewSchema>;

export const wireRecordSchema = z.object({
  seq: z.number().int(),
  world,
  account: z.string(),
  deviceId: z.number().int(),
  wireId,
  to: z.string(),
  type: z.string(),
  body: z.string(),
  bodyHash: z.string(),
  counter: z.number().int(),
  attempts: z.number().int(),
  t: z.number(),
});

export const violationSchema = z.object({
  seq: z.number().int(),
  world,
  account: z.string(),
  deviceId: z.number().int(),
  kind: z.enum(['duplicate_wire_id', 'two_connections', 'ratchet_rolled_back', 'foreign_resend']),
  detail: z.string(),
  t: z.number(),
});

/** One connection that spoke for a device. */
export const spellSchema = z.object({
  deviceId: z.number().int(),
  /** Ms since the epoch. */
  from: z.number(),
  /** Null while it is open. */
  to: z.number().nullable(),
});

export const groupViewSchema = z.looseObject({
  id: z.string(),
  subject: z.string(),
  description: z.string(),
  owner: z.string(),
  invite: z.string(),
  participants: z.array(
    z.object({ pn: z.string(), lid: z.string(), admin: z.boolean(), superAdmin: z.boolean() }),
  ),
});
