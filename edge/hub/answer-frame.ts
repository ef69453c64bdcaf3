import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { ClientFrame } from '../realtime/frames.ts';
import { resolveFilter } from '../services/realtime/open-socket.ts';
import { afterReturn } from './flow.ts';
import type { Rights } from './rights.ts';
import { closeFor, remember, stateOf } from './socket-state.ts';

/** What a client's frame is answered with; null for one that gets no answer. */
export async function answerFrame(
  socket: WebSocket,
  text: string,
  rights: Rights,
): Promise<object | null> {
  const frame = readFrame(text);
  if (frame instanceof AppError) return { type: 'error', ...failure(frame) };
  switch (frame.type) {
    case 'check': {
      const state = stateOf(socket);
      remember(socket, { ...state, flow: afterReturn(state.flow, frame.seq) });
      return null;
    }
    case 'subscribe':
      return { type: 'answer', id: frame.id, ...(await subscribe(socket, frame, rights)) };
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
  try {
    const filter = await resolveFilter(right.ctx, { types, sessions: sessionIds });
    const state = stateOf(socket);
    remember(socket, { ...state, filter });
    return { success: true, data: { ...filter, cursor: state.cursor } };
  } catch (error) {
    if (error instanceof AppError) return failure(error);
    throw error;
  }
}

function readFrame(text: string): ClientFrame | AppError {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return new AppError('MALFORMED_JSON', 'A frame is JSON text, or `ping`.');
  }
  const frame = ClientFrame.safeParse(json);
  return frame.success
    ? frame.data
    : new AppError('VALIDATION_ERROR', z.prettifyError(frame.error));
}

const failure = ({ code, message, details }: AppError): object => ({
  success: false,
  error: { code, message, ...(details !== undefined && { details }) },
});
