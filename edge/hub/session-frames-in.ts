import { z } from 'zod';
import { toAppError } from '../http/error-handler.ts';
import { nearName } from '../http/near-name.ts';
import { invalidRequest } from '../http/validation.ts';
import { describeError } from '../log/describe-error.ts';
import { AppError } from '../../shared/errors.ts';
import { unnamedSession } from '../services/sessions/unnamed-session.ts';
import type { InnerWorker } from './answer-frame.ts';
import { runCommand } from './commands.ts';
import type { FrameCount } from './frame-count.ts';
import { closeFor, type SocketState, stateOf } from './socket-state.ts';

const Id = z.string().min(1).max(100);
/** What a client of sessions and socket may send. Other fields are ignored, as there, but for those that look like one of these. */
const SessionFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('create_session'),
    name: z.string().optional(),
    mode: z.enum(['live', 'sandbox']).optional(),
  }),
  z.object({
    type: z.literal('send_message'),
    sessionId: Id.optional(),
    to: z.union([z.string(), z.number()]),
    message: z.string(),
  }),
  z.object({ type: z.literal('disconnect_session'), sessionId: Id }),
]);
type SessionFrame = z.infer<typeof SessionFrame>;

const Outcome = z.object({
  success: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Does what a frame asks for. What came of it is in later frames; only a failure is answered. */
export async function answerSessionFrame(
  socket: WebSocket,
  text: string,
  { frames, worker }: { frames: FrameCount; worker: InnerWorker },
): Promise<object | null> {
  if (!frames.allows(socket)) {
    closeFor(socket, 'tooManyFrames');
    return null;
  }
  const services = worker.services();
  try {
    const state = stateOf(socket);
    const command = {
      type: 'command' as const,
      id: 'frame',
      ...commandOf(read(text), state, services.now()),
    };
    const { success, error } = Outcome.parse(
      await runCommand(services, worker.fetch, state, command),
    );
    return success || error === undefined ? null : { type: 'error', ...error };
  } catch (thrown) {
    const { code, message, status } = toAppError(thrown);
    if (status >= 500) services.log({ event: 'frame_failed', ...describeError(thrown) });
    return { type: 'error', code, message };
  }
}

function read(text: string): SessionFrame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AppError('MALFORMED_JSON', 'A frame is JSON text, or `ping`.');
  }
  const frame = SessionFrame.safeParse(json);
  if (!frame.success) throw invalidRequest('frame', frame.error);
  refuseNear(Object.keys(Object(json)), frame.data);
  return frame.data;
}

/** A message with `session_id` must not go from the default session. */
function refuseNear(given: readonly string[], { type }: SessionFrame): void {
  const known = SessionFrame.options
    .filter(({ shape }) => shape.type.value === type)
    .flatMap(({ shape }) => Object.keys(shape));
  const absent = known.filter((name) => !given.includes(name));
  for (const name of given.filter((one) => !known.includes(one))) {
    const near = nearName(name, absent);
    if (near !== null)
      throw new AppError(
        'VALIDATION_ERROR',
        `Unknown field \`${name}\`: did you mean \`${near}\`?`,
      );
  }
}

function commandOf(frame: SessionFrame, { holder }: SocketState, now: number) {
  switch (frame.type) {
    case 'create_session': {
      const isTest = holder.kind === 'apiKey' && holder.mode === 'test';
      const input = unnamedSession(frame, { kind: 'session', isTest, now });
      return { command: frame.type, input };
    }
    case 'send_message': {
      const { to, message, sessionId } = frame;
      const session = sessionId === undefined ? {} : { sessionId };
      return { command: frame.type, input: { kind: 'text', to, text: message, ...session } };
    }
    case 'disconnect_session':
      return { command: frame.type, input: { sessionId: frame.sessionId } };
  }
}
