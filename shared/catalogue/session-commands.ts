import { z } from 'zod';
import { row } from './row.ts';

const EXPIRES_AT = 1_795_000_000_000;

/** Commands to the session itself. Its runner answers them, whether or not an engine is running. */
export const SESSION_COMMANDS = {
  /** The current QR code; waits up to `waitMs` for the first one. Null if there is none by then. */
  qr: row({
    input: z.object({ waitMs: z.number().int().min(0).max(30_000) }),
    output: z.object({ qr: z.string(), expiresAt: z.number().int() }).nullable(),
    patienceMs: 1_000,
    needs: 'nothing',
    repeatable: true,
    example: { input: { waitMs: 0 }, output: { qr: '2@AbCdEf', expiresAt: EXPIRES_AT } },
  }),
  /** Requests a code to type on the phone with this number (bare digits), or returns the current one. */
  pairingCode: row({
    input: z.object({ phone: z.string(), waitMs: z.number().int().min(0).max(60_000) }),
    output: z.object({ code: z.string(), expiresAt: z.number().int() }),
    patienceMs: 22_000,
    needs: 'nothing',
    repeatable: true,
    example: {
      input: { phone: '15550100001', waitMs: 0 },
      output: { code: 'ABCD1234', expiresAt: EXPIRES_AT },
    },
  }),
  /** Closes the engine after the current send, and starts another. */
  restart: row({
    input: z.object({}),
    output: z.object({}),
    patienceMs: 42_000,
    needs: 'nothing',
    repeatable: false,
    example: { input: {}, output: {} },
  }),
  /** Makes the next attempt to reconnect now. `acceptedNumber`: the number that the user has accepted for the session. */
  reconnect: row({
    input: z.object({ acceptedNumber: z.string().optional() }),
    output: z.object({}),
    patienceMs: 42_000,
    needs: 'nothing',
    repeatable: true,
    example: { input: {}, output: {} },
  }),
  /** Unlinks the phone; the session is `logged_out` afterwards. `unlinked`: the phone no longer lists the device. */
  logout: row({
    input: z.object({}),
    output: z.object({ unlinked: z.boolean() }),
    patienceMs: 57_000,
    needs: 'nothing',
    repeatable: true,
    example: { input: {}, output: { unlinked: true } },
  }),
};
