import { AppError } from '../../shared/errors.ts';
import type { Services } from '../context.ts';
import { toAppError } from '../http/error-handler.ts';
import { invalidRequest } from '../http/validation.ts';
import { describeError } from '../log/describe-error.ts';
import type { Log } from '../log/log.ts';
import { ClientFrame } from '../realtime/frames.ts';
import { resolveFilter } from '../services/realtime/open-socket.ts';
import { afterReturn } from './flow.ts';
import { runCommand } from './commands.ts';
import type { FrameCount } from './frame-count.ts';
import type { Rights } from './rights.ts';
import { closeFor, remember, stateOf } from './socket-state.ts';

/** The Worker that a hub is part of. */
export type InnerWorker = {
  /** The hub has its own, made when they are first needed. */
  services: () => Services;
  /** Serves a request as one that came from outside. */
  fetch: (request: Request) => Promise<Response>;
};

/** What a client's frame is answered with; null for one that gets no answer. */
export async function answerFrame(
  socket: WebSocket,
  text: string,
  { rights, frames, worker }: { rights: Rights; frames: FrameCount; worker: InnerWorker },
): Promise<object | null> {
  const { log } = worker.services();
  const frame = readFrame(text);
  if (!isAskedFor(socket, frame) && !frames.allows(socket)) {
    closeFor(socket, 'tooManyFrames');
    return null;
  }
  if (frame instanceof AppError) return { type: 'error', ...failure(frame) };
  switch (frame.type) {
    case 'check': {
      const state = stateOf(socket);
      remember(socket, { ...state, flow: afterReturn(state.flow, frame.seq) });
      return null;
    }
    case 'subscribe':
      return answered(frame.id, log, () => subscribe(socket, frame, rights));
    case 'command':
      return answered(frame.id, log, () =>
        runCommand(worker.services(), worker.fetch, stateOf(socket), frame),
      );
  }
}

/** A check that comes back: however many there are, the server began. */
const isAskedFor = (socket: WebSocket, frame: ClientFrame | AppError): boolean =>
  !(frame instanceof AppError) &&
  frame.type === 'check' &&
  frame.seq === stateOf(socket).flow.check?.seq;

async function answered(id: string, log: Log, work: () => Promise<object>): Promise<object> {
  try {
    return { type: 'answer', id, ...(await work()) };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) log({ event: 'frame_failed', ...describeError(thrown) });
    return { type: 'answer', id, ...failure(error) };
  }
}

async function subscribe(
  socket: WebSocket,
  { types, sessionIds }: Extract<ClientFrame, { type: 'subscribe' }>,
  rights: Rights,
): Promise<object> {
  const right = await rights.of(stateOf(socket));
  if ('closed' in right) {
    closeFor(socket, right.closed);
    return {};
  }
  const filter = await resolveFilter(right.ctx, { types, sessions: sessionIds });
  const state = stateOf(socket);
  remember(socket, { ...state, filter, told: state.cursor });
  return { success: true, data: { ...filter, cursor: state.cursor } };
}

function readFrame(text: string): ClientFrame | AppError {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return new AppError('MALFORMED_JSON', 'A frame is JSON text, or `ping`.');
  }
  const frame = ClientFrame.safeParse(json);
  return frame.success ? frame.data : invalidRequest('frame', frame.error);
}

const failure = ({ code, message, details }: AppError): object => ({
  success: false,
  error: { code, message, ...(details !== undefined && { details }) },
});
