import { z } from 'zod';
import { LIVE_OPERATIONS } from '../catalogue/live-operations.ts';
import type { RowOutput } from '../catalogue/row.ts';
import { SANDBOX_COMMANDS } from '../catalogue/sandbox-commands.ts';
import { SESSION_COMMANDS } from '../catalogue/session-commands.ts';
import { ERROR_CODES } from '../errors.ts';
import { MESSAGE_STATUSES } from '../message-status.ts';

/**
 * Commands that the edge sends to the runner that owns a session, as `POST /v1/sessions/:id/commands/:name`. Their rows are
 * the whole contract.
 */
export const COMMANDS = { ...SESSION_COMMANDS, ...LIVE_OPERATIONS, ...SANDBOX_COMMANDS };

export type CommandName = keyof typeof COMMANDS;
/** As the sender writes it. */
export type CommandInput<Name extends CommandName> = z.input<(typeof COMMANDS)[Name]['input']>;
export type CommandOutput<Name extends CommandName> = RowOutput<typeof COMMANDS, Name>;

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
