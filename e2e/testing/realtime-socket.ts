import { WebSocket } from 'ws';
import { z } from 'zod';
import { parseExactEvent } from '../../shared/testing/exact-event.ts';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { reportCall } from './called.ts';

const Frame = z.looseObject({ type: z.string() });
export type Frame = z.infer<typeof Frame>;

export type RealtimeSocket = {
  /** What came, as it came. */
  events: PublicEvent[];
  /** All that came but events. */
  frames: Frame[];
  /** Resolves when the connection has ended, with the close frame’s code and reason. */
  closed: Promise<{ code: number; reason: string }>;
  send: (frame: object) => void;
  close: () => void;
};

/** A connection as a customer's program holds it. Resolves with its first frame, which tells the cursor. */
export async function openRealtime(
  url: string,
  headers: Record<string, string> = {},
): Promise<RealtimeSocket & { cursor: number }> {
  const socket = new WebSocket(url, { headers });
  const events: PublicEvent[] = [];
  const frames: Frame[] = [];
  const ready = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.on('error', ready.reject);
  socket.on('close', (code, reason) => {
    closed.resolve({ code, reason: reason.toString() });
    ready.reject(new Error(`closed: ${code} ${reason.toString()}`));
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    const frame = Frame.parse(JSON.parse(text));
    if (frame.type === 'event') events.push(parseExactEvent(frame['event']));
    else frames.push(frame);
    if (frame.type === 'check') socket.send(text);
    if (frame.type === 'ready') ready.resolve(z.number().parse(frame['cursor']));
  });
  const cursor = await ready.promise;
  reportCall({ method: 'GET', path: new URL(url).pathname, status: 101 });
  return {
    cursor,
    events,
    frames,
    closed: closed.promise,
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: () => socket.close(),
  };
}
