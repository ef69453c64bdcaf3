import { z } from 'zod';
import { ERROR_CODES } from '../../../shared/errors.ts';
import { EngineEventMessage } from '../engine-event.ts';
import type { EngineInput, EngineOperation } from '../operations.ts';
import type { EngineOptions, EngineSend } from '../port.ts';

/** What is asked of a session's process: the calls of the port that settle there. */
export type EngineCall =
  | { method: 'start' }
  | { method: 'stop' }
  | { method: 'logout' }
  | { method: 'send'; message: EngineSend }
  | { method: 'ask'; name: EngineOperation; input: EngineInput<EngineOperation> }
  | { method: 'ping'; deadlineMs: number };

/**
 * From the runner to a session's process. `open` comes first, once. Nobody else has this channel, and the process is the same
 * build as the runner, so that nothing is parsed on this way.
 */
export type ToSession =
  /** `settings`: of the engine's host. */
  | { type: 'open'; options: EngineOptions; settings: unknown }
  | { type: 'call'; id: number; call: EngineCall }
  /** The runner has this fact on its disk. */
  | { type: 'kept'; seq: number };

/**
 * From a session's process to the runner. That process hosts pages of a third party, so everything it sends is parsed: events
 * here, results where they were asked for.
 */
export const FromSession = z.discriminatedUnion('type', [
  /** `seq` with each fact: what the runner names it by when it has it on its disk. */
  z.object({
    type: z.literal('event'),
    event: EngineEventMessage,
    seq: z.number().int().exactOptional(),
  }),
  z.object({ type: z.literal('result'), id: z.number().int(), value: z.unknown() }),
  /** `refusal`: it was not done, for a reason that the caller is told. Without it, the engine is broken. */
  z.object({
    type: z.literal('error'),
    id: z.number().int(),
    message: z.string(),
    refusal: z
      .object({
        code: z.enum(ERROR_CODES),
        details: z.record(z.string(), z.unknown()).exactOptional(),
      })
      .exactOptional(),
  }),
  z.object({ type: z.literal('log'), entry: z.record(z.string(), z.unknown()) }),
  /** The leader of the process group that the engine started, as soon as there is one: it is to be killed with it. */
  z.object({ type: z.literal('process'), pid: z.number().int().nullable() }),
]);
export type FromSession = z.infer<typeof FromSession>;
