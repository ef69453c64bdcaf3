import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookFaults } from './faults/webhooks.ts';
import { runLoad } from './testing/load.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import {
  allSettled,
  HAS_LEFT,
  MessageView,
  onlineSession,
  ownerPid,
  sendText,
  SessionView,
  settled,
} from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

/** Parts are killed one by one. */
const APART = { WAYPOST_RUNNERS: '2', WAYPOST_SERVICES: 'separate' };

describe('faults', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment({ environment: APART });
  });
  afterAll(() => deployment.dispose());

  const pidOf = async (name: string): Promise<number> => {
    const { runners, services } = await deployment.facts();
    const pid = [...runners.map(({ id, pid }) => ({ name: id, pid })), ...services].find(
      (part) => part.name === name,
    )?.pid;
    if (pid === undefined) throw new Error(`no process ${name}`);
    return pid;
  };
  const backOnline = (sessionId: string, epoch: number): Promise<true> =>
    until(
      'the session to be online under a new epoch',
      async () => {
        const session = (await deployment.api.call('GET', `/v1/sessions/${sessionId}`)).data(
          SessionView,
        );
        return session.status === 'online' && (session.runner?.epoch ?? 0) > epoch
          ? true
          : undefined;
      },
      90_000,
    );
  const epochOf = async (sessionId: string): Promise<number> =>
    (await deployment.api.call('GET', `/v1/sessions/${sessionId}`)).data(SessionView).runner
      ?.epoch ?? 0;

  it('a runner killed with -9 under traffic: every message ends, none is on the wire twice', async () => {
    const session = await onlineSession(deployment, 'killed-under-traffic');
    const { phone, at } = await worldOf(deployment, session.phoneNumber);
    await phone.faults({ ...at, sendLatencyMs: 40 });
    const epoch = await epochOf(session.id);
    const sends = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        sendText(deployment, { sessionId: session.id, text: `number ${index}` }),
      ),
    );
    await until('three messages to be on the wire', async () => {
      const { records } = await phone.wire(at);
      return records.length >= 3 ? true : undefined;
    });
    process.kill(await ownerPid(deployment, session.id), 'SIGKILL');

    await backOnline(session.id, epoch);
    const ends = await allSettled(
      deployment,
      session.id,
      sends.map(({ message }) => message.id),
    );
    const { records } = await phone.wire(at);
    const perWireId = Map.groupBy(records, ({ wireId }) => wireId);
    for (const [wireId, copies] of perWireId) expect(copies, wireId).toHaveLength(1);
    const wrong = ends.filter(({ status, wireId }) =>
      HAS_LEFT.includes(status) ? !perWireId.has(wireId ?? '') : status !== 'unknown',
    );
    expect(wrong).toEqual([]);
    expect(ends.filter(({ status }) => status === 'unknown').length).toBeLessThanOrEqual(1);
    expect((await phone.violations(at)).violations).toEqual([]);
  });

  it('a runner killed between the wire and its report: sent once or unknown, never again', async () => {
    const session = await onlineSession(deployment, 'killed-before-report');
    const { phone, at } = await worldOf(deployment, session.phoneNumber);
    const epoch = await epochOf(session.id);
    await phone.faults({ ...at, loseAck: 1 });
    const { message } = await sendText(deployment, {
      sessionId: session.id,
      text: 'its ack is lost',
    });
    await until('the message to be on the wire', async () =>
      (await phone.wire(at)).records.length === 1 ? true : undefined,
    );
    process.kill(await ownerPid(deployment, session.id), 'SIGKILL');
    await backOnline(session.id, epoch);
    const end = await settled(deployment, message.id);
    expect([...HAS_LEFT, 'unknown']).toContain(end.status);

    const after = await sendText(deployment, {
      sessionId: session.id,
      text: 'the next one',
      wait: 20,
    });
    expect(HAS_LEFT).toContain(after.message.status);
    const { records } = await phone.wire(at);
    expect(records.map(({ body }) => body)).toEqual(['its ack is lost', 'the next one']);
    expect((await phone.violations(at)).violations).toEqual([]);
  });

  it('an Idempotency-Key outlives the runner: the same message again, and nothing sent anew', async () => {
    const session = await onlineSession(deployment, 'idempotent-killed');
    const { phone, at } = await worldOf(deployment, session.phoneNumber);
    const epoch = await epochOf(session.id);
    await phone.faults({ ...at, loseAck: 1 });
    const send = async () => {
      const answer = await deployment.api.call('POST', '/v1/messages/text', {
        body: { sessionId: session.id, to: '+15550100001', text: 'once, whatever happens' },
        headers: { 'idempotency-key': 'order-4711', prefer: 'respond-async' },
      });
      return {
        id: answer.data(MessageView).id,
        replayed: answer.headers.get('idempotent-replayed'),
      };
    };
    const first = await send();
    await until('the message to be on the wire', async () =>
      (await phone.wire(at)).records.length === 1 ? true : undefined,
    );
    process.kill(await ownerPid(deployment, session.id), 'SIGKILL');
    expect(await send()).toEqual({ id: first.id, replayed: 'true' });
    await backOnline(session.id, epoch);
    const end = await settled(deployment, first.id);
    expect([...HAS_LEFT, 'unknown']).toContain(end.status);
    expect(await send()).toEqual({ id: first.id, replayed: 'true' });
    expect((await phone.wire(at)).records.map(({ body }) => body)).toEqual([
      'once, whatever happens',
    ]);
  });

  it('Redis killed with -9 under load: every request is served, under the limits of the isolate', async () => {
    const { apiUrl, apiKey } = await deployment.facts();
    const redis = await pidOf('redis');
    const load = (requestsPerClient: number) =>
      runLoad({
        url: apiUrl,
        clients: 10,
        requestsPerClient,
        requestOf: () => ({
          method: 'GET',
          path: '/v1/messages?limit=1',
          headers: { authorization: `Bearer ${apiKey}` },
        }),
      });
    const during = load(60);
    process.kill(redis, 'SIGKILL');
    expect((await during).statuses).toEqual({ 200: 600 });
    await until('Redis to run again', async () =>
      (await pidOf('redis')) === redis ? undefined : true,
    );
    expect((await load(2)).statuses).toEqual({ 200: 20 });
  });

  it('a runner out of reach after the row is committed: 202, and the message goes when it is back', async () => {
    const session = await onlineSession(deployment, 'out-of-reach');
    const pid = await ownerPid(deployment, session.id);
    process.kill(pid, 'SIGSTOP');
    let sent;
    try {
      sent = await sendText(deployment, {
        sessionId: session.id,
        text: 'while it is stopped',
        wait: 1,
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(sent.httpStatus).toBe(202);
    expect(sent.message.status).toBe('queued');
    const end = await settled(deployment, sent.message.id);
    expect(HAS_LEFT).toContain(end.status);
  });

  it('a page reload between sends, and another caller of newId: messages keep the wire ids that we gave them', async () => {
    for (const sandboxProfile of ['stock', '2026-09'] as const) {
      const session = await onlineSession(deployment, `reload-${sandboxProfile}`, {
        sandboxProfile,
      });
      const { phone, at } = await worldOf(deployment, session.phoneNumber);
      const first = await sendText(deployment, { sessionId: session.id, text: 'before', wait: 20 });
      expect(first.httpStatus).toBe(200);
      await phone.pageReload(at);
      const second = await sendText(deployment, {
        sessionId: session.id,
        text: 'after a reload',
        wait: 30,
      });
      const ids = [first, second].map(({ message }) => message.wireId);
      for (const id of ids) expect(id).toMatch(/^3EB0[0-9A-F]{18}$/);
      await phone.pageEval({ ...at, js: "window.require('WAWebMsgKey').newId()" });
      const third = await sendText(deployment, {
        sessionId: session.id,
        text: 'after newId',
        wait: 20,
      });
      const { records } = await phone.wire(at);
      expect(records.map(({ wireId }) => wireId)).toEqual([...ids, third.message.wireId]);
    }
  });

  webhookFaults(() => deployment, pidOf);

  it('every part killed with -9 at once, the launcher too: nothing accepted is lost', async () => {
    const sent = await sendText(deployment, {
      sessionId: (await deployment.facts()).sessionId,
      text: 'accepted just before the end',
    });
    const { runners, services } = await deployment.facts();
    for (const pid of [
      deployment.launcherPid(),
      ...[...runners, ...services].map(({ pid }) => pid),
    ]) {
      if (pid !== undefined && pid > 0) process.kill(pid, 'SIGKILL');
    }
    await deployment.ended();
    deployment = await startDeployment({
      directory: deployment.directory,
      environment: APART,
    });
    const end = await settled(deployment, sent.message.id);
    expect([...HAS_LEFT, 'unknown']).toContain(end.status);
    const next = await sendText(deployment, {
      sessionId: end.sessionId,
      text: 'and on it goes',
      wait: 30,
    });
    expect(next.httpStatus).toBe(200);
  });
});
