import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, expect, it } from 'vitest';
import { signRequest } from '../../shared/signing/signed-request.ts';
import { createApp } from '../app.ts';
import { createIsolateState, createServices } from '../compose.ts';
import { JOBS, runCron } from '../jobs/cron.ts';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  received,
} from '../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness, type LogLine } from '../testing/harness.ts';
import { liveSession } from '../testing/live-session.ts';
import { newInbox, qstashRequestsFor, receiverUrl } from '../testing/receiver.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

/** The Worker with the lines that it writes until all work of a request is done. */
function worker() {
  const lines: LogLine[] = [];
  const { env } = harness;
  const isolate = createIsolateState((line) => void lines.push(line));
  const app = createApp((_bindings, { waitUntil }) => createServices({ env, isolate, waitUntil }));
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const execution = createExecutionContext();
    const request = new Request(`https://waypost.test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const answer = await app.fetch(
      request,
      {},
      {
        waitUntil: (work: Promise<unknown>) => execution.waitUntil(work),
        passThroughOnException: () => undefined,
        props: {},
      },
    );
    await waitOnExecutionContext(execution);
    return answer.status;
  };
  const services = () => createServices({ env, isolate, waitUntil: () => undefined });
  return { lines, post, services };
}

const took = { durationMs: expect.any(Number) };

it('a send leaves one line, without text, number or key', async () => {
  const { apiKey, workspaceId, id } = await liveSession(harness);
  const { lines, post } = worker();
  const body = JSON.stringify({ to: '15550100001', text: 'hush, nobody may read this' });
  const authorization = `Bearer ${apiKey}`;
  expect(await post('/v1/messages/text', body, { authorization })).toBe(202);
  const [message] = await harness.db.select().from(harness.schema.messages);
  expect(lines).toEqual([
    expect.objectContaining({
      event: 'request',
      route: '/v1/messages/text',
      status: 202,
      outcome: 'done',
      workspaceId,
      sessionId: id,
      messageId: message?.id,
      ...took,
    }),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/hush|15550100001|wp_live_/);
});

it('a batch of reports leaves one line, and each attempt at a webhook another', async () => {
  const session = await newOwnedSession(harness);
  const { workspaceId, sessionId, runnerId } = session;
  const inbox = newInbox();
  const endpointId = await newEndpoint(harness, session, { url: inbox.url });
  const { lines, post } = worker();
  const path = '/internal/runners/reports';
  const reports = [session.spool(received('W1')), session.spool(received('W2'))];
  const signed = await signRequest({
    method: 'POST',
    url: `https://waypost.test${path}`,
    keys: harness.env.RUNNER_TO_EDGE_KEYS,
    audience: 'edge',
    commandId: `cmd_${crypto.randomUUID()}`,
    body: JSON.stringify({ runnerId, reports }),
  });
  const headers = Object.fromEntries(signed.headers);
  expect(await post(path, JSON.stringify({ runnerId, reports }), headers)).toBe(200);
  const about = { workspaceId, sessionId, ...took };
  const attempt = { event: 'attempt', endpointId, attempt: 1, outcome: 'delivered', status: 200 };
  expect(lines).toEqual([
    expect.objectContaining({ ...about, event: 'request', runnerId, accepted: 2, refused: 0 }),
    expect.objectContaining({ ...about, ...attempt, messageId: expect.stringMatching(/^msg_/) }),
    expect.objectContaining({ ...about, ...attempt, messageId: expect.stringMatching(/^msg_/) }),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/15550100002|Ada|"hi"/);
});

it('a call of QStash leaves one line, and its attempt another', async () => {
  const session = await newOwnedSession(harness);
  const { workspaceId, sessionId } = session;
  const inbox = newInbox();
  await inbox.script({ status: 500 });
  const endpointId = await newEndpoint(harness, session, { url: inbox.url });
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [session.spool(received('Q1'))],
  });
  const [call] = await qstashRequestsFor(endpointId, 1);
  const { body = '', headers = {} } = call ?? {};
  const { lines, post } = worker();
  const signature = String(headers['upstash-signature']);
  expect(await post('/internal/qstash/deliver', body, { 'upstash-signature': signature })).toBe(
    200,
  );
  expect(lines).toEqual([
    expect.objectContaining({
      event: 'attempt',
      workspaceId,
      sessionId,
      endpointId,
      attempt: 1,
      outcome: 'pending',
      status: 500,
      why: 'HTTP 500',
      ...took,
    }),
    expect.objectContaining({
      event: 'request',
      route: '/internal/qstash/deliver',
      outcome: 'done',
      endpointId,
      delivered: 0,
      pending: 1,
      failed: 0,
      ...took,
    }),
  ]);
});

it('each job of a round leaves one line', async () => {
  const { lines, services } = worker();
  await runCron(services());
  expect(lines.map(({ event, job, outcome }) => [event, job, outcome])).toEqual(
    Object.keys(JOBS).map((job) => ['job', job, 'done']),
  );
  expect(lines).toEqual(lines.map(() => expect.objectContaining(took)));
});
