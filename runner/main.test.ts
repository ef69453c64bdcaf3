import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testChromium } from './engine/wwebjs/testing/env.ts';
import { createSandboxClient, type SandboxClient } from './sandbox/control-client.ts';
import { startSandbox } from './sandbox/server.ts';
import { Stage } from './testing/harness.ts';
import { until } from './testing/until.ts';

const TOKEN = 'a-token-for-tests-only';

let stage: Stage;
let phone: SandboxClient;
let closeSandbox: () => Promise<void>;

beforeEach(async () => {
  stage = new Stage();
  await stage.edge.start();
  const sandbox = await startSandbox({ dataDir: `${stage.dataDir}/sandbox`, controlToken: TOKEN });
  phone = createSandboxClient({ url: sandbox.controlUrl, token: TOKEN });
  closeSandbox = sandbox.close;
  stage.extraEnv = {
    SANDBOX_URL: sandbox.controlUrl,
    SANDBOX_TOKEN: TOKEN,
    PUPPETEER_EXECUTABLE_PATH: testChromium() ?? '',
  };
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(stage.logged.join(''));
  await stage.kill('SIGTERM');
  await closeSandbox();
  await stage.end();
});

const spawn = () => stage.spawn(fileURLToPath(new URL('./main.ts', import.meta.url)));

describe.each(['stock', '2026-09'] as const)(
  'the runner with a real browser, page %s',
  (profile) => {
    it('links, sends, is acknowledged, receives, and comes back after kill -9 still linked', async () => {
      const { edge } = stage;
      const session = edge.addSession({ mode: 'sandbox', sandboxProfile: profile });
      const world = edge.session(session).assignment.workspaceId;
      await spawn();
      await until('there is a code', () => edge.session(session).statuses.at(-1) === 'qr', 30_000);
      const scan = await edge.command(session, 'sandbox.scan', {});
      expect(scan).toMatchObject({ status: 200, response: { ok: true } });
      await edge.online(session);

      const first = edge.queue(session, 'hello from a real browser');
      const rung = await edge.call(`/v1/sessions/${session}/doorbell`, {
        queueSeq: first.queueSeq,
        waitFor: { messageId: first.messageId, waitMs: 30_000 },
      });
      expect(rung.body).toMatchObject({ settled: { status: 'sent', error: null } });
      await until('it is read', () =>
        edge.told(session, 'message.ack').some(({ ack }) => ack === 3),
      );

      await edge.command(session, 'sandbox.messages', { from: '15550100001', text: 'hi back' });
      await until('the reply is told', () =>
        edge.told(session, 'message.received').some(({ text }) => text === 'hi back'),
      );

      await stage.kill();
      const second = edge.queue(session, 'after kill -9');
      await spawn();
      expect(await edge.settled(second)).toBe('sent');
      const { records } = await phone.wire({ world });
      expect(records.map(({ body }) => body)).toEqual([
        'hello from a real browser',
        'after kill -9',
      ]);
      expect((await phone.violations({ world })).violations).toEqual([]);

      const codes = edge.told(session, 'session.qr').length;
      await edge.command(session, 'sandbox.unlink', {});
      await until('it is logged out', () => edge.session(session).statuses.at(-1) === 'logged_out');
      const { response } = await edge.command(session, 'qr', { waitMs: 30_000 });
      expect(response).toMatchObject({ ok: true, result: { qr: expect.any(String) } });
      await until('the code is told', () => edge.told(session, 'session.qr').length > codes);
      await edge.command(session, 'sandbox.scan', {});
      await edge.online(session);
    });
  },
);

it('with eight sends unacknowledged on a real page: in order, once each, over a kill -9 too', async () => {
  const { edge } = stage;
  stage.extraEnv = { ...stage.extraEnv, RUNNER_UNACKED_SENDS: '8' };
  const session = edge.addSession({ mode: 'sandbox', sandboxProfile: 'stock' });
  const world = edge.session(session).assignment.workspaceId;
  await spawn();
  await until('there is a code', () => edge.session(session).statuses.at(-1) === 'qr', 30_000);
  await edge.command(session, 'sandbox.scan', {});
  await edge.online(session);
  const account = edge.told(session, 'session.status').at(-1)?.phoneNumber ?? '';
  await phone.faults({ world, account, ackDelaysMs: [300, 400, 500] });

  const bodies = Array.from({ length: 30 }, (_, index) => `text ${index}`);
  const onWire = async () => (await phone.wire({ world })).records.map(({ body }) => body);
  const all = bodies.map((text) => edge.queue(session, text));
  await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: all.at(-1)?.queueSeq ?? 0 });
  await until('some have left', async () => (await onWire()).length >= 12);
  await stage.kill();
  await spawn();
  const ends = await Promise.all(all.map((message) => edge.settled(message)));
  const sent = bodies.filter((_, index) => ends[index] === 'sent');
  expect(ends.every((end) => end === 'sent' || end === 'unknown')).toBe(true);
  expect(ends.filter((end) => end === 'unknown').length).toBeLessThanOrEqual(8);
  const wire = await onWire();
  expect(wire).toEqual(bodies.filter((body) => wire.includes(body)));
  expect(wire).toEqual(expect.arrayContaining(sent));
  expect((await phone.violations({ world })).violations).toEqual([]);
});
