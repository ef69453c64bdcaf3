import { expect } from 'vitest';
import { z } from 'zod';
import type { Harness, TestRequest } from './harness.ts';

const Frame = z.looseObject({ type: z.string() });
type Frame = z.infer<typeof Frame>;
const EventFrame = z.object({
  type: z.literal('event'),
  event: z.looseObject({
    seq: z.number(),
    type: z.string(),
    data: z.record(z.string(), z.unknown()),
  }),
});

type Event = z.infer<typeof EventFrame>['event'];

/** A client of `GET /v1/realtime` by WebSocket, which returns each check unless it is told not to. */
export async function connect(
  harness: Harness,
  query: string,
  { returnsChecks = true, ...options }: TestRequest & { returnsChecks?: boolean } = {},
) {
  const headers = { upgrade: 'websocket', connection: 'upgrade', ...options.headers };
  const response = await harness.request('GET', `/v1/realtime?${query}`, { ...options, headers });
  const socket = response.webSocket;
  if (socket === null) throw new Error(`${response.status} ${await response.text()}`);
  const frames: Frame[] = [];
  const events: Event[] = [];
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let arrived = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    const frame = data === 'pong' ? { type: 'pong' } : Frame.parse(JSON.parse(String(data)));
    if (frame.type === 'event') events.push(EventFrame.parse(frame).event);
    else frames.push(frame);
    if (frame.type === 'check' && returnsChecks) socket.send(String(data));
    arrived.resolve();
  });
  socket.addEventListener('close', ({ code, reason }) => {
    closed.resolve({ code, reason });
    arrived.reject(new Error(`closed: ${code} ${reason}`));
  });
  arrived.promise.catch(() => undefined);
  socket.accept();

  /** Waits for as long as the test may take. */
  const until = async <Found>(find: () => Found | undefined): Promise<Found> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await arrived.promise;
      arrived = Promise.withResolvers<void>();
      arrived.promise.catch(() => undefined);
    }
  };
  return {
    response,
    /** All that came but events. */
    frames,
    events,
    seqs: () => events.map(({ seq }) => seq),
    closed: closed.promise,
    close: () => socket.close(1000),
    send: (frame: unknown) =>
      socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    /** The first frame of this type. */
    frame: (type: string) => until(() => frames.find((frame) => frame.type === type)),
    answer: (id: string) => until(() => frames.find((frame) => frame['id'] === id)),
    untilEvent: (seq: number) => until(() => events.find((event) => event.seq === seq)),
    /** Waits for so many events, and gives back the `seq` of each. */
    untilEvents: async (count: number): Promise<number[]> => {
      await until(() => (events.length >= count ? true : undefined));
      const seqs = events.map(({ seq }) => seq);
      expect(seqs).toHaveLength(count);
      return seqs;
    },
  };
}
