import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrateDatabase } from '../../migrations/migrate.ts';
import { startTestNeon } from '../neon/testing/server.ts';
import { startFly } from '../fly/server.ts';
import { startMail } from '../mail/server.ts';
import { startObjects } from '../objects/server.ts';
import { startRedis } from '../redis/server.ts';
import { startQstash } from '../qstash/server.ts';
import { SigningKeysText } from '../../shared/signing/keys.ts';
import { isFullSize } from './env.ts';
import { startFakeRunner } from './fake-runner.ts';
import { startFileServer } from './file-server.ts';
import { startJwksServer } from './jwks-server.ts';
import { startOidcProvider } from './oidc-provider.ts';
import { startTap } from './tap.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/**
 * PostgreSQL behind Neon's protocol, Redis, QStash and S3 for the edge tests, on free ports of 127.0.0.1. Tells its parent
 * the Worker's variables over IPC and ends when the parent lets go of it.
 */
const secret = (bytes = 32): string => randomBytes(bytes).toString('hex');
const silent = (): undefined => undefined;

const home = await mkdtemp(path.join(tmpdir(), 'waypost-edge-'));
const qstash = {
  token: secret(16),
  currentSigningKey: `sig_${secret(16)}`,
  nextSigningKey: `sig_${secret(16)}`,
};
const s3 = { accessKeyId: secret(8), secretAccessKey: secret(16), bucket: 'waypost-test' };
const edgeToRunner = `e1:${secret()}`;

const neon = await startTestNeon({ prepare: migrateDatabase });
const clock = await startQstash(
  { port: 0, dataDir: path.join(home, 'qstash'), ...qstash },
  { log: silent },
);
const redisToken = secret(16);
const redis = await startRedis(
  { port: 0, dataDir: path.join(home, 'redis'), token: redisToken },
  { log: silent },
);
const objects = await startObjects(
  {
    port: 0,
    dataDir: path.join(home, 'objects'),
    accessKeyId: s3.accessKeyId,
    secretAccessKey: s3.secretAccessKey,
    buckets: [s3.bucket],
  },
  { log: silent },
);
const mailToken = secret(16);
const mail = await startMail(
  { port: 0, dataDir: path.join(home, 'mail'), token: mailToken, secret: mailToken },
  { log: silent },
);
const flyToken = secret(16);
const fly = await startFly(
  {
    port: 0,
    dataDir: path.join(home, 'fly'),
    token: flyToken,
    program: path.join(import.meta.dirname, '../fly/testing/program.ts'),
  },
  { log: silent },
);
const google = {
  clientId: 'waypost-test',
  clientSecret: secret(16),
  redirectUri: 'http://waypost.test/auth/callback/google',
};
const openid = await startOidcProvider(google);
const runners = await startFakeRunner({ keys: SigningKeysText.parse(edgeToRunner) });
const files = await startFileServer();
const tap = await startTap();
const jwks = await startJwksServer();
const receiver = await startWebhookReceiver();

const bindings: Record<string, string> = {
  BASE_URL: 'http://waypost.test',
  // The template takes no connections; each test file puts the URL of its own copy here.
  DATABASE_URL: neon.handle.adminConnectionString,
  DATABASE_HTTP_URL: neon.handle.sqlUrl,
  TEST_NEON: JSON.stringify(neon.handle),
  UPSTASH_REDIS_REST_URL: redis.url,
  UPSTASH_REDIS_REST_TOKEN: redisToken,
  QSTASH_URL: clock.url,
  QSTASH_TOKEN: qstash.token,
  QSTASH_CURRENT_SIGNING_KEY: qstash.currentSigningKey,
  QSTASH_NEXT_SIGNING_KEY: qstash.nextSigningKey,
  S3_ENDPOINT: objects.url,
  S3_REGION: 'us-east-1',
  S3_BUCKET: s3.bucket,
  S3_ACCESS_KEY_ID: s3.accessKeyId,
  S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
  EDGE_TO_RUNNER_KEYS: edgeToRunner,
  RUNNER_TO_EDGE_KEYS: `r1:${secret()}`,
  API_KEY_SIGNING_KEY: secret(),
  AUTH_SECRET: secret(),
  USER_TOKEN_SIGNING_KEY: secret(),
  SESSION_ENCRYPTION_KEY: `v1:${secret()}`,
  METRICS_TOKEN: secret(),
  CONTACT_HASH_KEY: secret(),
  MAIL_URL: mail.url,
  MAIL_TOKEN: mailToken,
  GOOGLE_CLIENT_ID: google.clientId,
  GOOGLE_CLIENT_SECRET: google.clientSecret,
  GOOGLE_ISSUER: openid.url,
  MAIL_FROM: 'Waypost <waypost@localhost>',
  EGRESS_ALLOW: '127.0.0.1/32',
  FLY_TEST_URL: fly.url,
  FLY_TEST_TOKEN: flyToken,
  FAKE_RUNNER_URL: runners.url,
  FILES_URL: files.url,
  TAP_URL: tap.url,
  JWKS_URL: jwks.url,
  RECEIVER_URL: receiver.url,
  FULL_SIZE: isFullSize() ? '1' : '',
};
process.send?.(bindings);

process.once('disconnect', () => {
  const closed = Promise.allSettled(
    [receiver, openid, jwks, tap, files, runners, fly, mail, objects, redis, clock, neon].map(
      (service) => service.close(),
    ),
  );
  closed
    .then(() => rm(home, { recursive: true, force: true }))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`edge test services did not stop: ${String(error)}\n`);
        process.exit(1);
      },
    );
});
