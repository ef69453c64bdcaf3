import { z } from 'zod';
import { at, done, incomingSchema, phone, wireId, world } from './control-fields.ts';

const linked = z.object({ account: z.string(), lid: z.string(), deviceId: z.number().int() });
const sentBack = z.object({ wireId, chat: z.string(), t: z.number().int() });

/** What people do with their phones: POST with the request as JSON. */
export const phoneActions = {
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
  /** Somebody comes online, goes, or writes; `lastSeenAt` (Unix seconds) of who shows it. */
  presence: {
    path: '/v1/presences',
    request: z.object({
      world,
      from: phone,
      state: z.enum(['available', 'unavailable', 'typing', 'recording_audio']),
      lastSeenAt: z.number().int().nullable().default(null),
    }),
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
} as const;
