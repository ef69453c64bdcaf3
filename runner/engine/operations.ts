import { z } from 'zod';
import { LIVE_OPERATIONS } from '../../shared/catalogue/live-operations.ts';
import { MessageError } from '../../shared/protocol/runner-reports.ts';
import { row, type RowInput, type RowOutput } from '../../shared/catalogue/row.ts';

const chatId = '15550100001@c.us';

/** Everything that an engine is asked by name: what callers ask, and what the runner asks for itself. */
export const ENGINE_OPERATIONS = {
  ...LIVE_OPERATIONS,
  /**
   * What became of a message under our wire id. `ack`: −1 error, 0 pending, 1 server, 2 device, 3 read, 4 played.
   * `error`: why it is −1, where the page tells.
   */
  lookUp: row({
    input: z.object({ wireId: z.string(), chatId: z.string() }),
    output: z.discriminatedUnion('found', [
      z.object({ found: z.literal(false) }),
      z.object({
        found: z.literal(true),
        ack: z.number(),
        wireKey: z.string(),
        error: MessageError.exactOptional(),
      }),
    ]),
    patienceMs: 10_000,
    needs: 'page',
    repeatable: true,
    example: { input: { wireId: '3EB0AA', chatId }, output: { found: false } },
  }),
  /**
   * Shows a code to type on the phone instead of scanning; `phone` is bare digits with the country code. `refused`: WhatsApp
   * takes no code for this number, or not now, and `message` is what it said.
   */
  requestPairingCode: row({
    input: z.object({ phone: z.string() }),
    output: z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('shown'), code: z.string(), expiresAt: z.number() }),
      z.object({ outcome: z.literal('already_linked') }),
      z.object({ outcome: z.literal('refused'), message: z.string() }),
    ]),
    patienceMs: 42_000,
    needs: 'page',
    repeatable: true,
    example: { input: { phone: '15550100001' }, output: { outcome: 'already_linked' } },
  }),
};

export type EngineOperation = keyof typeof ENGINE_OPERATIONS;
export type EngineInput<Name extends EngineOperation> = RowInput<typeof ENGINE_OPERATIONS, Name>;
export type EngineOutput<Name extends EngineOperation> = RowOutput<typeof ENGINE_OPERATIONS, Name>;

/** What does each operation, of one area or of all: a table of this type does not compile with one missing. */
export type Implementers<Context, Name extends EngineOperation = EngineOperation> = {
  readonly [Each in Name]: (
    context: Context,
    input: EngineInput<Each>,
  ) => Promise<EngineOutput<Each>>;
};
