import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Answer = z.object({
  done: z.boolean(),
  error: z.string().optional(),
  milliseconds: z.number().optional(),
});

export type Stock = {
  pid: number;
  /** Brings the number of linked clients up to this many. */
  start: (clients: number) => Promise<void>;
  /** Sends through the first client, one after the other or so many at once; ms that it took. */
  send: (messages: number, atOnce?: number) => Promise<number>;
  stop: () => Promise<void>;
};

/** Starts stock whatsapp-web.js beside the deployment, in a process of its own. */
export async function startStock(config: {
  url: string;
  token: string;
  world: string;
  chromium: string;
}): Promise<Stock> {
  const child: ChildProcess = fork(fileURLToPath(new URL('stock-client.ts', import.meta.url)), [
    JSON.stringify(config),
  ]);
  const answered = async (): Promise<z.infer<typeof Answer>> => {
    const [message] = await once(child, 'message');
    const answer = Answer.parse(message);
    if (!answer.done) throw new Error(`stock whatsapp-web.js: ${answer.error ?? 'failed'}`);
    return answer;
  };
  const order = async (what: Record<string, unknown>): Promise<z.infer<typeof Answer>> => {
    const answer = answered();
    child.send(what);
    return answer;
  };
  await answered();
  return {
    pid: child.pid ?? 0,
    start: async (clients) => void (await order({ start: clients })),
    send: async (messages, atOnce = 1) =>
      (await order({ send: messages, atOnce })).milliseconds ?? Number.NaN,
    stop: async () => void (await order({ stop: true })),
  };
}
