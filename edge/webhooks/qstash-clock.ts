import { Client, Receiver, SignatureError } from '@upstash/qstash';
import { LIMITS } from '../../shared/catalogue/limits.ts';
import type { EdgeEnv } from '../env.ts';
import type { Doorbell, WebhookClock } from './port.ts';

/** Where QStash calls us. The signature covers the whole URL. */
export const DELIVER_PATH = '/internal/qstash/deliver';

/** QStash's own retries, for when we fail; the receiver's failures are scheduled by us. 15 s, 45 s, 135 s. */
const RETRIES = 3;
const RETRY_DELAY = 'pow(3, retried) * 15000';

/** Messages in one call; far below the 10 MB that a batch may have. */
const BATCH = 100;

type QstashEnv = Pick<
  EdgeEnv,
  | 'BASE_URL'
  | 'CALLBACK_URL'
  | 'QSTASH_URL'
  | 'QSTASH_TOKEN'
  | 'QSTASH_CURRENT_SIGNING_KEY'
  | 'QSTASH_NEXT_SIGNING_KEY'
>;

export function deliverUrl(env: Pick<EdgeEnv, 'BASE_URL' | 'CALLBACK_URL'>): string {
  return new URL(DELIVER_PATH, env.CALLBACK_URL ?? env.BASE_URL).href;
}

/** The clock over the real QStash client. No I/O until it is used. */
export function createQstashClock(env: QstashEnv): WebhookClock {
  const client = new Client({
    baseUrl: env.QSTASH_URL,
    token: env.QSTASH_TOKEN,
    retry: { retries: 2, backoff: (attempt) => 100 * (attempt + 1) },
    enableTelemetry: false,
    devMode: false,
  });
  const receiver = new Receiver({
    currentSigningKey: env.QSTASH_CURRENT_SIGNING_KEY,
    nextSigningKey: env.QSTASH_NEXT_SIGNING_KEY,
    devMode: false,
  });
  const url = deliverUrl(env);
  const messageOf = ({ workspaceId, endpointId, notBefore: at, reason }: Doorbell) => {
    const notBefore = at === null ? {} : { notBefore: Math.ceil(at.getTime() / 1_000) };
    return {
      url,
      flowControl: { key: workspaceId, parallelism: LIMITS.deliveriesAtOnce.limit },
      body: { endpointId, ...notBefore },
      retries: RETRIES,
      retryDelay: RETRY_DELAY,
      deduplicationId: `${endpointId}:${reason}`,
      ...notBefore,
    };
  };
  return {
    async publish(bells) {
      for (let start = 0; start < bells.length; start += BATCH) {
        await client.batchJSON(bells.slice(start, start + BATCH).map(messageOf));
      }
    },
    async verify(request) {
      try {
        return await receiver.verify(request);
      } catch (error) {
        if (error instanceof SignatureError) return false;
        throw error;
      }
    },
  };
}
