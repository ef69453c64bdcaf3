import { parseExactEvent } from '../../shared/testing/exact-event.ts';

/** `GET /v1/realtime` as a customer's program reads it: server-sent events. It reads all the time, or the hub would cut it off. */
export async function openEventStream(apiUrl: string, apiKey: string, query: string) {
  const response = await fetch(new URL(`/v1/realtime?${query}`, apiUrl), {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${apiKey}` },
  });
  if (!response.ok || response.body === null)
    throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const ids: string[] = [];
  const read = async (): Promise<void> => {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended: ${text}`);
    const blocks = (text + value).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, json] = /^data: (.+)$/m.exec(block) ?? [];
      if (json !== undefined) ids.push(parseExactEvent(JSON.parse(json)).id);
    }
  };
  let arrived = Promise.withResolvers<void>();
  const readAll = async (): Promise<never> => {
    for (;;) {
      await read();
      arrived.resolve();
      arrived = Promise.withResolvers<void>();
    }
  };
  const ended = readAll();
  ended.catch(() => undefined);
  return {
    /** The ids of the next events, once there are so many. */
    next: async (count: number): Promise<string[]> => {
      while (ids.length < count) await Promise.race([arrived.promise, ended]);
      return ids.splice(0, count);
    },
    close: () => reader.cancel(),
  };
}
