import { LIMITS } from '../../shared/catalogue/limits.ts';

const MINUTE_MS = 60_000;

/** Counts what each socket sends in a minute. The count restarts when the hub was out of memory, since the socket was quiet then. */
export class FrameCount {
  readonly #counts = new WeakMap<WebSocket, { minute: number; frames: number }>();

  allows(socket: WebSocket): boolean {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    const before = this.#counts.get(socket);
    const frames = before?.minute === minute ? before.frames + 1 : 1;
    this.#counts.set(socket, { minute, frames });
    return frames <= LIMITS.socketFrames.limit;
  }
}
