import { z } from 'zod';
import { row } from '../row.ts';

export const CALL_OPERATIONS = {
  /** A call that rings; any other is NOT_FOUND. WhatsApp gives no answer to a rejection. */
  rejectCall: row({
    input: z.object({ callId: z.string() }),
    output: z.object({ rejected: z.literal(true) }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: { callId: '0D1F6C9A2B7E4853' }, output: { rejected: true } },
  }),
};
