import { z } from 'zod';
import { WhatsAppLimits } from '../../shared/catalogue/whatsapp-limits.ts';
import { FactReport } from '../../shared/protocol/runner-reports.ts';
import { SESSION_ACTION_NAMES } from '../../shared/session-actions.ts';

/** Who the linked phone is. `phoneNumber` is bare digits. */
const EngineIdentity = z.object({
  phoneNumber: z.string(),
  lid: z.string().nullable(),
  displayName: z.string().nullable(),
});
export type EngineIdentity = z.infer<typeof EngineIdentity>;

/** The bytes of an inbound file, on the runner's disk until they are in object storage. */
const InboundFile = z.object({
  path: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number(),
});
export type InboundFile = z.infer<typeof InboundFile>;

/** What an engine reports, in order. After `closed` it reports nothing more. */
export const EngineEventMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('qr'), qr: z.string(), expiresAt: z.number() }),
  /** A code to type on the phone, once one was asked for: the first one and each that takes its place. */
  z.object({ type: z.literal('pairing_code'), code: z.string(), expiresAt: z.number() }),
  /** A phone is linked. Reported again when the page reloads before it is ready. */
  z.object({ type: z.literal('authenticated') }),
  /** `webVersion`: of WhatsApp Web, where the engine runs it. */
  z.object({ type: z.literal('ready'), me: EngineIdentity, webVersion: z.string().nullable() }),
  /** The socket to WhatsApp went away or came back; the engine reconnects by itself. */
  z.object({ type: z.literal('connection'), connected: z.boolean(), detail: z.string() }),
  /** The phone, or what else is linked to the account, did something at `at` (Unix ms) that we did not. */
  z.object({ type: z.literal('phone_seen'), at: z.number() }),
  /** The phone unlinked us, or we it: never reconnect, always a new engine. `unclear`: WhatsApp may list the device still. */
  z.object({
    type: z.literal('logged_out'),
    reason: z.string(),
    unclear: z.boolean().exactOptional(),
  }),
  z.object({ type: z.literal('action_required'), action: z.enum(SESSION_ACTION_NAMES) }),
  /** `file` is there when the fact is a file that was fetched; its `media.mediaId` is still null. */
  z.object({ type: z.literal('fact'), fact: FactReport, file: InboundFile.exactOptional() }),
  /** What WhatsApp limits the number to, as far as it has answered; reported again when it changes. */
  z.object({ type: z.literal('limits'), limits: WhatsAppLimits.partial() }),
  /** Something on the engine's page threw that nobody had called. `detail`: name, message, place and build; `where`: in what. */
  z.object({ type: z.literal('page_error'), where: z.string(), detail: z.string() }),
  /** The engine is of no more use: it crashed, its start failed, or the library gave up. */
  z.object({
    type: z.literal('closed'),
    reason: z.enum(['stopped', 'crashed', 'start_failed', 'conflict', 'unpaired']),
    detail: z.string(),
  }),
]);
type EngineEventMessage = z.infer<typeof EngineEventMessage>;

/** `kept`, where there is one, is to be called once the fact is on the disk. */
export type EngineEvent =
  | Exclude<EngineEventMessage, { type: 'fact' }>
  | (Extract<EngineEventMessage, { type: 'fact' }> & { kept?: () => void });
