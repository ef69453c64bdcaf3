import { z } from 'zod';
import { ERROR_CODES } from '../../../../shared/errors.ts';
import type { FromSession, ToSession } from '../protocol.ts';

/** What a stub does with everything it is asked by name: gives its answer, fails so, or neither. */
export const StubSettings = z.object({
  answers: z.record(z.string(), z.unknown()),
  failure: z.string().nullable(),
  /** The failure is a refusal with this code. */
  refusal: z.enum(ERROR_CODES).nullable(),
  silent: z.boolean(),
});
export type StubSettings = z.infer<typeof StubSettings>;

/** A session's process without an engine, for tests of the relay alone. */
let settings: StubSettings = { answers: {}, failure: null, refusal: null, silent: true };

const tell = (message: FromSession): unknown => process.send?.(message);

function onMessage(message: ToSession): void {
  if (message.type === 'open') settings = StubSettings.parse(message.settings);
  if (message.type !== 'call') return;
  const { id, call } = message;
  if (call.method !== 'ask') {
    tell({ type: 'result', id, value: null });
    if (call.method === 'stop') process.disconnect();
    return;
  }
  const { answers, failure, refusal, silent } = settings;
  if (silent) return;
  if (failure === null) tell({ type: 'result', id, value: answers[call.name] });
  else if (refusal === null) tell({ type: 'error', id, message: failure });
  else tell({ type: 'error', id, message: failure, refusal: { code: refusal } });
}

// The test is trusted, see ToSession.
process.on('message', (message) => onMessage(message as ToSession));
