import { z } from 'zod';
import { boxUrl } from '../../local/inspector/box-url.ts';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { parseExactEvent } from '../../shared/testing/exact-event.ts';

const Received = z.object({
  id: z.number().int(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  receivedAt: z.string(),
  status: z.number().int(),
  signature: z.unknown(),
});
/** A request as it came, whatever its body is. */
export type ReceivedRequest = z.infer<typeof Received>;
export type Received = ReceivedRequest & { event: PublicEvent };

/** Whether it is about this message. */
export const isAbout =
  (messageId: string) =>
  ({ event: { data } }: Received): boolean =>
    'messageId' in data && data.messageId === messageId;

export type InspectorClient = {
  /** The URL that a webhook is pointed at to land in this box. */
  url: (box: string) => string;
  /** Waits until the box has received something that fits, from its beginning or after an id. */
  waitFor: (
    box: string,
    what: string,
    fits: (received: Received) => boolean,
    options?: { after?: number; withinMs?: number },
  ) => Promise<Received>;
  /** The same for a box that receives another system's events. */
  waitForRequest: (
    box: string,
    what: string,
    fits: (request: ReceivedRequest) => boolean,
  ) => Promise<ReceivedRequest>;
  /** All that the box still has, from its beginning or after an id. */
  all: (box: string, after?: number) => Promise<Received[]>;
  /** How the box answers from now on. */
  behave: (
    box: string,
    behaviour: {
      status?: number;
      delayMs?: number;
      failFirst?: number;
      headers?: Record<string, string>;
    },
  ) => Promise<void>;
  /** Has the box judge signatures by an endpoint's secret. */
  setSecret: (box: string, secret: string) => Promise<void>;
};

export function inspectorClient(url: string, visitorSecret: string): InspectorClient {
  const authorization = `Bearer ${visitorSecret}`;
  const readRequests = async (
    box: string,
    after: number,
    waitSeconds: number,
  ): Promise<ReceivedRequest[]> => {
    const response = await fetch(
      `${url}/api/boxes/${box}/requests?after=${after}&wait=${waitSeconds}`,
      { headers: { authorization } },
    );
    return z.object({ requests: z.array(Received) }).parse(await response.json()).requests;
  };
  const read = async (box: string, after: number, waitSeconds: number): Promise<Received[]> =>
    (await readRequests(box, after, waitSeconds)).map((request) => ({
      ...request,
      event: parseExactEvent(JSON.parse(request.body)),
    }));
  const waitIn = async <One extends ReceivedRequest>(
    readFrom: (box: string, after: number, waitSeconds: number) => Promise<One[]>,
    [box, what, fits]: readonly [string, string, (one: One) => boolean],
    { after = 0, withinMs = 30_000 } = {},
  ): Promise<One> => {
    const deadline = Date.now() + withinMs;
    let last = after;
    for (;;) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`the inspector's box ${box} did not get ${what} within ${withinMs} ms`);
      const received = await readFrom(box, last, Math.min(10, Math.ceil(left / 1000)));
      const found = received.find(fits);
      if (found !== undefined) return found;
      last = received.reduce((highest, { id }) => Math.max(highest, id), last);
    }
  };
  const put = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}/api/boxes/${path}`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`the inspector answered ${response.status}: ${await response.text()}`);
    }
  };
  return {
    url: (box) => boxUrl(url, visitorSecret, box),
    waitFor: (box, what, fits, options) => waitIn(read, [box, what, fits], options),
    waitForRequest: (box, what, fits) => waitIn(readRequests, [box, what, fits]),
    all: async (box, after = 0) => {
      const all: Received[] = [];
      for (;;) {
        const page = await read(box, all.at(-1)?.id ?? after, 0);
        if (page.length === 0) return all;
        all.push(...page);
      }
    },
    behave: (box, behaviour) => put(`${box}/behaviour`, behaviour),
    setSecret: (box, secret) => put(box, { secret }),
  };
}
