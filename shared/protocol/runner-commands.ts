import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { MESSAGE_STATUSES } from '../message-status.ts';
import { INBOUND_TYPES } from './runner-reports.ts';

/**
 * Commands that the edge sends to the runner that owns a session, as `POST /v1/sessions/:id/commands/:name`.
 * `input` and `output` are the whole contract; a failure is an error code of the shared table.
 */
export const COMMANDS = {
  /** The code on the page now; waits up to `waitMs` for the first one. Null when there is none by then. */
  qr: {
    input: z.object({ waitMs: z.number().int().min(0).max(30_000) }),
    output: z.object({ qr: z.string(), expiresAt: z.number().int() }).nullable(),
  },
  /** Shows a code to type on the phone with this number (bare digits), or gives the one that is shown. */
  pairingCode: {
    input: z.object({ phone: z.string(), waitMs: z.number().int().min(0).max(60_000) }),
    output: z.object({ code: z.string(), expiresAt: z.number().int() }),
  },
  /** Closes the engine in order and starts another. */
  restart: { input: z.object({}), output: z.object({}) },
  /** Tries now what would be tried later. `acceptNumber`: the phone's new number is right. */
  reconnect: { input: z.object({ acceptNumber: z.boolean().optional() }), output: z.object({}) },
  /** Drops the link at WhatsApp; the session is `logged_out` afterwards. `told`: WhatsApp was asked to. */
  logout: { input: z.object({}), output: z.object({ told: z.boolean() }) },
  screenshot: { input: z.object({}), output: z.object({ pngBase64: z.string() }) },
  isOnWhatsApp: {
    input: z.object({ chatId: z.string() }),
    output: z.object({
      exists: z.boolean(),
      chatId: z.string().nullable(),
      lid: z.string().nullable(),
    }),
  },
  'sandbox.state': { input: z.object({}), output: z.record(z.string(), z.unknown()) },
  'sandbox.scan': {
    input: z.object({
      phone: z.string().optional(),
      name: z.string().optional(),
      /** Types this code instead of scanning the QR code. */
      pairingCode: z.string().optional(),
    }),
    output: z.object({ phoneNumber: z.string() }),
  },
  'sandbox.messages': {
    input: z.object({
      from: z.string(),
      name: z.string().optional(),
      chatId: z.string().optional(),
      type: z.enum(INBOUND_TYPES).default('text'),
      text: z.string().optional(),
      media: z
        .object({ base64: z.string(), mimetype: z.string(), filename: z.string().optional() })
        .optional(),
      quotedWireId: z.string().optional(),
    }),
    output: z.object({ wireId: z.string() }),
  },
  'sandbox.acks': {
    input: z.object({
      wireId: z.string().optional(),
      ack: z.number().int().min(-1).max(4).optional(),
      /** Delays of acks 1, 2, 3 for later sends; −1 = that ack never comes. */
      delaysMs: z.tuple([z.number().int(), z.number().int(), z.number().int()]).optional(),
    }),
    output: z.object({}),
  },
  'sandbox.network': {
    input: z.object({ online: z.boolean(), forMs: z.number().int().min(0).optional() }),
    output: z.object({}),
  },
  'sandbox.unlink': { input: z.object({}), output: z.object({}) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type CommandName = keyof typeof COMMANDS;
export type CommandInput<Name extends CommandName> = z.input<(typeof COMMANDS)[Name]['input']>;
export type CommandOutput<Name extends CommandName> = z.output<(typeof COMMANDS)[Name]['output']>;

export const CommandResponse = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
]);
export type CommandResponse = z.infer<typeof CommandResponse>;

/** `POST /v1/sessions/:id/doorbell`: there is work up to `queueSeq`. With `waitFor`, answers when that message is settled. */
export const DoorbellRequest = z.object({
  queueSeq: z.number().int(),
  waitFor: z
    .object({ messageId: z.string(), waitMs: z.number().int().min(0).max(60_000) })
    .optional(),
});
export type DoorbellRequest = z.infer<typeof DoorbellRequest>;

export const DoorbellResponse = z.object({
  settled: z
    .object({
      status: z.enum(MESSAGE_STATUSES),
      wireId: z.string().nullable(),
      error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
    })
    .nullable(),
});
export type DoorbellResponse = z.infer<typeof DoorbellResponse>;
