import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Receiver } from '@upstash/qstash';
import type { Clock } from '../clock.ts';
import { startQstash } from '../server.ts';
import type { QstashConfig } from '../server.ts';
import { TestReceiver } from './receiver.ts';
import type { Received } from './receiver.ts';

export async function testConfig(): Promise<QstashConfig> {
  return {
    port: 0,
    dataDir: await mkdtemp(join(tmpdir(), 'waypost-qstash-')),
    token: 'test-token',
    currentSigningKey: 'sig_current',
    nextSigningKey: 'sig_next',
  };
}

export const clientOf = (url: string, token = 'test-token'): Client =>
  new Client({ baseUrl: url, token, retry: false, enableTelemetry: false });

type Publish = {
  url: string;
  body?: string;
  retries?: number;
  notBefore?: number;
  deduplicationId?: string;
  flowControl?: { key: string; parallelism: number };
};

/** Publishes as Waypost's clock does, and says what became of each message. */
export const publishAll = (client: Client, messages: readonly Publish[]) =>
  client.batch(
    messages.map(({ body = '', ...message }) => ({
      retries: 3,
      retryDelay: 'pow(3, retried) * 10',
      flowControl: { key: 'any', parallelism: 100 },
      headers: { 'content-type': 'application/json' },
      method: 'POST' as const,
      body,
      ...message,
    })),
  ) as Promise<{ messageId: string; url: string; deduplicated?: boolean }[]>;

export async function publishOne(client: Client, message: Publish) {
  const [result] = await publishAll(client, [message]);
  if (result === undefined) throw new Error('nothing was published');
  return result;
}

/** QStash in a fresh folder, the SDK's client for it, and a receiver to deliver to. */
export async function startTestStack(clock?: Clock) {
  const config = await testConfig();
  const receiver = await new TestReceiver().listen();
  const qstash = await startQstash(config, {
    ...(clock !== undefined && { clock }),
    log: () => undefined,
  });
  const verifier = new Receiver({
    currentSigningKey: config.currentSigningKey,
    nextSigningKey: config.nextSigningKey,
  });
  return {
    config,
    receiver,
    qstash,
    client: clientOf(qstash.url),
    /** @throws SignatureError as the SDK does */
    verify: (received: Received, url: string) =>
      verifier.verify({
        signature: String(received.headers['upstash-signature']),
        body: received.body,
        url,
      }),
    close: async (): Promise<void> => {
      await qstash.close();
      await receiver.close();
      await rm(config.dataDir, { recursive: true });
    },
  };
}
