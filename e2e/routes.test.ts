import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { z } from 'zod';
import { adminRoutes } from './routes/admin.ts';
import { evolutionEvents } from './routes/evolution-events.ts';
import { evolutionNodeOperations } from './routes/evolution-node.ts';
import { evolutionRoutes } from './routes/evolution.ts';
import { gatewayRoutes } from './routes/gateway.ts';
import { instanceRoutes } from './routes/instances.ts';
import { keyRoutes } from './routes/keys.ts';
import { liveRoutes } from './routes/live.ts';
import { peopleRoutes } from './routes/people.ts';
import { queueRoutes } from './routes/queue.ts';
import { realtimeRoutes } from './routes/realtime.ts';
import { recordRoutes } from './routes/records.ts';
import { smokeTest } from './live/smoke-test.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { socketRoutes } from './routes/socket.ts';
import { waRoutes } from './routes/wa.ts';
import { wahaEvents } from './routes/waha-events.ts';
import { wahaLive } from './routes/waha-live.ts';
import { wahaRefused } from './routes/waha-refused.ts';
import { wahaRoutes } from './routes/waha.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { wantedPages } from './testing/env.ts';
import { type FileServer, startFileServer } from './testing/file-server.ts';
import { SessionView } from './testing/session.ts';
import { until } from './testing/until.ts';

/* The operations that no other test calls on a whole deployment: all of them here, on one. */
const [ADMIN_EMAIL = '', QUEUE_ADMIN = '', INSTANCES_ADMIN = ''] = ['a', 'q', 'i'].map(
  (name) => `${name}-${randomUUID()}@example.com`,
);
const ADMIN_PASSWORD = randomUUID();

let deployment: Deployment;
let files: FileServer;
beforeAll(async () => {
  files = await startFileServer();
  deployment = await startDeployment({
    environment: {
      ADMIN_EMAILS: [ADMIN_EMAIL, QUEUE_ADMIN, INSTANCES_ADMIN].join(),
      ADMIN_PASSWORD,
      EGRESS_ALLOW: files.host,
    },
  });
});
afterAll(async () => {
  await deployment.dispose();
  await files.close();
});
const running = (): Deployment => deployment;

/** A machine has room for ten sessions: those of one system go before those of the next come. */
async function deleteSessions(): Promise<void> {
  const { api, facts } = deployment;
  const { sessionId } = await facts();
  const listed = (await api.call('GET', '/v1/sessions?limit=100')).data(z.array(SessionView));
  await Promise.all(
    listed
      .filter(({ id }) => id !== sessionId)
      .map(({ id, reason }) =>
        until(`${id} (${reason}) to be deleted`, async () => {
          const { status } = await api.call('DELETE', `/v1/sessions/${id}`);
          return status === 200 || status === 404 || undefined;
        }),
      ),
  );
}

describe('keys', () => {
  keyRoutes(running);
});
describe('webhooks and events', () => {
  webhookRoutes(running);
});
describe('realtime', () => {
  realtimeRoutes(running);
});
describe('people and their workspace', () => {
  peopleRoutes(running);
});
describe('what administrators see', () => {
  adminRoutes(running, ADMIN_EMAIL);
});
describe('leads, opt-outs, files and the audit log', () => {
  recordRoutes(running);
});
describe('sessions', () => {
  sessionRoutes(running);
});
describe('the routes of the gateway', () => {
  afterAll(deleteSessions);
  gatewayRoutes(running, () => files.url('dot.png'));
});
describe('the routes of the queue', () => {
  afterAll(deleteSessions);
  queueRoutes(running, () => files.url('dot.png'), {
    email: QUEUE_ADMIN,
    password: ADMIN_PASSWORD,
  });
});
describe('the routes of the instances', () => {
  afterAll(deleteSessions);
  instanceRoutes(running, (name) => files.url(name), INSTANCES_ADMIN);
});
describe('the routes of sessions and socket', () => {
  afterAll(deleteSessions);
  socketRoutes(running);
});
describe('the routes under /wa', () => {
  afterAll(deleteSessions);
  waRoutes(running);
});
describe('the routes of WAHA', () => {
  afterAll(deleteSessions);
  wahaRoutes(running, (name) => files.url(name));
  wahaEvents(running);
  wahaLive(running);
  wahaRefused(running, 'waha-live');
});
describe('the routes of Evolution', () => {
  afterAll(deleteSessions);
  evolutionRoutes(running, (name) => files.url(name));
  evolutionEvents(running);
});
describe('n8n’s node of Evolution', () => {
  afterAll(deleteSessions);
  evolutionNodeOperations(running);
});
describe('the smoke test', () => {
  smokeTest(running);
});
describe.each(wantedPages())('a live session on the %s page', (profile) => {
  liveRoutes(running, profile);
});
