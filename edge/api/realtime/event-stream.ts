import { z } from 'zod';

const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), cursor: z.number() }),
  z.object({ type: z.literal('event'), event: z.looseObject({ seq: z.number() }) }),
  z.object({ type: z.literal('cursor'), cursor: z.number() }),
  z.object({ type: z.literal('check') }),
]);

/** A proxy may close a connection on which nothing comes. */
const COMMENT_EVERY_MS = 25_000;
/** How long a client is to wait before it connects again. */
const RETRY_MS = 2_000;

/**
 * What a socket of the hub gives, as server-sent events: `id` is the `seq`, `data` the event. A check is returned once the
 * client has taken all that came before it, so that the hub knows a slow one. At the end comes an event `close`.
 */
export function eventStream(socket: WebSocket): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  let isIdle = true;
  let taken: Promise<unknown> = Promise.resolve();
  /** In turn: `step` runs when the client has taken what was written before. */
  const then = (step: () => unknown): void => {
    isIdle = false;
    const mine = taken.then(step).catch(() => end());
    taken = mine;
    void mine.then(() => {
      if (taken === mine) isIdle = true;
    });
  };
  const write = (text: string): void => then(() => writer.write(encoder.encode(text)));
  const comment = setInterval(() => {
    if (isIdle) write(':\n\n');
  }, COMMENT_EVERY_MS);
  const end = (): void => {
    clearInterval(comment);
    socket.close(1000);
  };
  writer.closed.then(end, end);

  socket.addEventListener('message', ({ data }) => {
    const frame = Frame.parse(JSON.parse(String(data)));
    switch (frame.type) {
      case 'ready':
        return write(`retry: ${RETRY_MS}\nid: ${frame.cursor}\n\n`);
      case 'event':
        return write(`id: ${frame.event.seq}\ndata: ${JSON.stringify(frame.event)}\n\n`);
      case 'cursor':
        return write(`id: ${frame.cursor}\n\n`);
      case 'check':
        return then(() => socket.send(String(data)));
    }
  });
  socket.addEventListener('close', ({ code, reason }) => {
    write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
    then(() => writer.close());
  });
  socket.accept();
  return new Response(readable, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}
