import { CLOSE, type CloseReason } from '../realtime/frames.ts';
import type { NewSocket } from '../realtime/port.ts';
import type { Flow } from './flow.ts';

/** What a hub knows of a socket. It is kept by the platform while the hub itself is out of memory: 16 KiB at most. */
export type SocketState = Pick<
  NewSocket,
  'holder' | 'address' | 'until' | 'filter' | 'cursor' | 'dialect'
> & {
  /** The last number that the client was sent: of an event, or of a frame that says how far the log is read. */
  told: number;
  flow: Flow;
};

// Written by `remember` alone.
export const stateOf = (socket: WebSocket): SocketState =>
  socket.deserializeAttachment() as SocketState;

export const remember = (socket: WebSocket, state: SocketState): void =>
  socket.serializeAttachment(state);

export const isOpen = (socket: WebSocket): boolean =>
  socket.readyState === WebSocket.READY_STATE_OPEN;

export const say = (socket: WebSocket, frame: object): void => socket.send(JSON.stringify(frame));

export function closeFor(socket: WebSocket, why: CloseReason): void {
  const { code, reason } = CLOSE[why];
  if (isOpen(socket)) socket.close(code, reason);
}
