import { z } from 'zod';
import { SessionProxy, Traffic } from '../../../shared/protocol/leases.ts';
import { OutboundContent } from '../../../shared/protocol/outbound-message.ts';
import { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { SESSION_ACTION_NAMES } from '../../../shared/session-actions.ts';
import { SANDBOX_PROFILES, SESSION_MODES } from '../../../shared/session-status.ts';

const EngineEventMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('qr'), qr: z.string(), expiresAt: z.number() }),
  z.object({ type: z.literal('pairing_code'), code: z.string(), expiresAt: z.number() }),
  z.object({ type: z.literal('authenticated') }),
  z.object({
    type: z.literal('ready'),
    me: z.object({
      phoneNumber: z.string(),
      lid: z.string().nullable(),
      displayName: z.string().nullable(),
    }),
    webVersion: z.string().nullable(),
  }),
  z.object({ type: z.literal('connection'), connected: z.boolean(), detail: z.string() }),
  z.object({ type: z.literal('phone_seen'), at: z.number() }),
  z.object({ type: z.literal('logged_out'), reason: z.string() }),
  z.object({ type: z.literal('action_required'), action: z.enum(SESSION_ACTION_NAMES) }),
  z.object({
    type: z.literal('fact'),
    fact: FactReport,
    file: z
      .object({
        path: z.string(),
        mimetype: z.string(),
        filename: z.string().nullable(),
        sizeBytes: z.number(),
      })
      .exactOptional(),
  }),
  z.object({
    type: z.literal('closed'),
    reason: z.enum(['stopped', 'crashed', 'start_failed', 'conflict', 'unpaired']),
    detail: z.string(),
  }),
]);

const EngineOptionsMessage = z.object({
  sessionId: z.string(),
  mode: z.enum(SESSION_MODES),
  sandboxProfile: z.enum(SANDBOX_PROFILES).nullable(),
  profileDir: z.string(),
  filesDir: z.string(),
  unreported: z.object({ file: z.string(), epoch: z.number().int() }),
  traffic: Traffic,
  proxy: SessionProxy.nullable(),
});

/** What may be asked of a session's process, with each call's argument. */
export const EngineCall = z.discriminatedUnion('method', [
  z.object({ method: z.literal('start') }),
  z.object({ method: z.literal('stop') }),
  z.object({ method: z.literal('logout') }),
  z.object({ method: z.literal('pairingCode'), phone: z.string() }),
  z.object({
    method: z.literal('send'),
    message: z.object({
      wireId: z.string(),
      chatId: z.string(),
      content: OutboundContent,
      quotedWireId: z.string().exactOptional(),
      filePath: z.string().exactOptional(),
      ackMs: z.number().exactOptional(),
    }),
  }),
  z.object({ method: z.literal('lookUp'), wireId: z.string(), chatId: z.string() }),
  z.object({ method: z.literal('isOnWhatsApp'), chatId: z.string() }),
  z.object({ method: z.literal('screenshot') }),
  z.object({ method: z.literal('ping'), deadlineMs: z.number() }),
]);
export type EngineCall = z.infer<typeof EngineCall>;

/** From the runner to a session's process. `open` comes first, once. */
export const ToSession = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    options: EngineOptionsMessage,
    chromiumPath: z.string().nullable(),
    sandboxArgs: z.array(z.string()),
  }),
  z.object({ type: z.literal('call'), id: z.number().int(), call: EngineCall }),
  /** The runner has this fact on its disk. */
  z.object({ type: z.literal('kept'), seq: z.number().int() }),
]);
export type ToSession = z.infer<typeof ToSession>;

/** From a session's process to the runner. */
export const FromSession = z.discriminatedUnion('type', [
  /** `seq` with each fact: what the runner names it by when it has it on its disk. */
  z.object({
    type: z.literal('event'),
    event: EngineEventMessage,
    seq: z.number().int().exactOptional(),
  }),
  z.object({ type: z.literal('result'), id: z.number().int(), value: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number().int(), message: z.string() }),
  z.object({ type: z.literal('log'), entry: z.record(z.string(), z.unknown()) }),
  /** The browser's pid, as soon as there is one: it leads the process group to kill. */
  z.object({ type: z.literal('browser'), pid: z.number().int().nullable() }),
]);
export type FromSession = z.infer<typeof FromSession>;

export const SendResultMessage = z.union([
  z.object({ outcome: z.enum(['sent', 'accepted']), wireKey: z.string() }),
  z.object({
    outcome: z.literal('failed'),
    code: z.enum(['RECIPIENT_NOT_ON_WHATSAPP', 'MESSAGE_FAILED', 'UNAVAILABLE']),
    message: z.string(),
  }),
  z.object({ outcome: z.literal('unknown'), message: z.string() }),
]);

export const LookUpMessage = z.discriminatedUnion('found', [
  z.object({ found: z.literal(false) }),
  z.object({ found: z.literal(true), ack: z.number(), wireKey: z.string() }),
]);

export const PairingCodeMessage = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('shown'), code: z.string(), expiresAt: z.number() }),
  z.object({ outcome: z.literal('already_linked') }),
  z.object({ outcome: z.literal('refused'), message: z.string() }),
]);

export const RecipientMessage = z.object({
  exists: z.boolean(),
  chatId: z.string().nullable(),
  lid: z.string().nullable(),
});
