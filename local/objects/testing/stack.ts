import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { startObjects } from '../server.ts';
import type { ObjectsConfig } from '../server.ts';

export const BUCKET = 'waypost-media';

export async function testConfig(): Promise<ObjectsConfig> {
  return {
    port: 0,
    dataDir: await mkdtemp(join(tmpdir(), 'waypost-objects-')),
    accessKeyId: 'test-access-key',
    secretAccessKey: 'test/secret+key',
    buckets: [BUCKET, 'second-bucket'],
  };
}

export function clientOf(
  config: ObjectsConfig,
  url: string,
  more: Partial<S3ClientConfig> = {},
): S3Client {
  const { accessKeyId, secretAccessKey } = config;
  return new S3Client({
    endpoint: url,
    region: 'auto',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    // As Waypost's own client.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...more,
  });
}

/** The server in a fresh folder, and the SDK's client for it. `clock.offsetMs` moves the server's time. */
export async function startTestStack() {
  const config = await testConfig();
  const clock = { offsetMs: 0 };
  const now = (): number => Date.now() + clock.offsetMs;
  const objects = await startObjects(config, { now, log: () => undefined });
  const client = clientOf(config, objects.url);
  return {
    config,
    clock,
    url: objects.url,
    client,
    close: async (): Promise<void> => {
      client.destroy();
      await objects.close();
      await rm(config.dataDir, { recursive: true });
    },
  };
}
