import { env as bindings } from 'cloudflare:workers';
import { z } from 'zod';
import {
  ReceivedRequest,
  type ReceiverScript,
} from '../../local/testing/webhook-receiver-protocol.ts';

export function receiverUrl(): string {
  return z.object({ RECEIVER_URL: z.url() }).parse({ ...bindings }).RECEIVER_URL;
}

/** An inbox of its own on the test receiver; answers 200 until told otherwise. */
export function newInbox(name: string = crypto.randomUUID()) {
  const base = `${receiverUrl()}/${name}`;
  const received = async (): Promise<ReceivedRequest[]> => {
    const response = await fetch(`${base}/_received`);
    return z.array(ReceivedRequest).parse(await response.json());
  };
  return {
    url: `${base}/hook`,
    received,
    script: async (...replies: ReceiverScript): Promise<void> => {
      await fetch(`${base}/_script`, { method: 'PUT', body: JSON.stringify(replies) });
    },
  };
}

const QstashCall = z.object({ endpointId: z.string(), notBefore: z.number().optional() });

/** Requests of QStash for an endpoint, when BASE_URL is the receiver's: waits until there are `count`. */
export async function qstashRequestsFor(
  endpointId: string,
  count: number,
): Promise<ReceivedRequest[]> {
  const inbox = newInbox('internal');
  const deadline = Date.now() + 10_000;
  for (;;) {
    const requests = await inbox.received();
    const found = requests.filter(({ body }) => body.includes(`"${endpointId}"`));
    if (found.length >= count) return found;
    if (Date.now() > deadline) throw new Error(`QStash made ${found.length} of ${count} calls`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** What QStash said in them. */
export async function qstashCallsFor(endpointId: string, count: number) {
  const requests = await qstashRequestsFor(endpointId, count);
  return requests.map(({ body }) => QstashCall.parse(JSON.parse(body)));
}
