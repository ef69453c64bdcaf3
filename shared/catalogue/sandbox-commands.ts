import { z } from 'zod';
import { INBOUND_TYPES } from './message-kinds.ts';
import { row } from './row.ts';

const patienceMs = 10_000;

/** Commands to a sandbox session's simulated phone, and to the people who write to it. */
export const SANDBOX_COMMANDS = {
  'sandbox.state': row({
    input: z.object({}),
    output: z.record(z.string(), z.unknown()),
    patienceMs,
    needs: 'nothing',
    repeatable: true,
    example: { input: {}, output: { linked: true, online: true } },
  }),
  /** Links the session: waits for its QR code and scans it, or types `pairingCode`. */
  'sandbox.scan': row({
    input: z.object({
      phone: z.string().optional(),
      name: z.string().optional(),
      /** Types this code instead of scanning the QR code. */
      pairingCode: z.string().optional(),
    }),
    output: z.object({ phoneNumber: z.string() }),
    patienceMs: 22_000,
    needs: 'nothing',
    repeatable: false,
    example: { input: { name: 'Ada' }, output: { phoneNumber: '15550100001' } },
  }),
  'sandbox.messages': row({
    input: z.object({
      from: z.string(),
      name: z.string().optional(),
      chatId: z.string().optional(),
      type: z.enum(INBOUND_TYPES).default('text'),
      text: z.string().optional(),
      location: z
        .object({
          latitude: z.number(),
          longitude: z.number(),
          name: z.string().optional(),
          address: z.string().optional(),
        })
        .optional(),
      vcard: z.string().optional(),
      poll: z
        .object({ name: z.string(), options: z.array(z.string()), allowMultiple: z.boolean() })
        .optional(),
      media: z
        .object({ base64: z.string(), mimetype: z.string(), filename: z.string().optional() })
        .optional(),
      quotedWireId: z.string().optional(),
    }),
    output: z.object({ wireId: z.string() }),
    patienceMs,
    needs: 'nothing',
    repeatable: false,
    example: {
      input: { from: '+15550100002', text: 'Hello!' },
      output: { wireId: '3A5F0C431C26A1916E07' },
    },
  }),
  'sandbox.acks': row({
    input: z.object({
      wireId: z.string().optional(),
      ack: z.number().int().min(-1).max(4).optional(),
      /** Delays of acks 1, 2, 3 for later sends; −1 = that ack never comes. */
      delaysMs: z.tuple([z.number().int(), z.number().int(), z.number().int()]).optional(),
    }),
    output: z.object({}),
    patienceMs,
    needs: 'nothing',
    repeatable: true,
    example: { input: { delaysMs: [200, 500, 1_000] }, output: {} },
  }),
  'sandbox.network': row({
    input: z.object({ online: z.boolean(), forMs: z.number().int().min(0).optional() }),
    output: z.object({}),
    patienceMs,
    needs: 'nothing',
    repeatable: true,
    example: { input: { online: false }, output: {} },
  }),
  'sandbox.unlink': row({
    input: z.object({}),
    output: z.object({}),
    patienceMs,
    needs: 'nothing',
    repeatable: false,
    example: { input: {}, output: {} },
  }),
};
