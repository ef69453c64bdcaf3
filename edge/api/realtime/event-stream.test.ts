import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { remember, stateOf } from '../../hub/socket-state.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newOwnedSession,
  type OwnedSession,
  received,
} from '../../services/reports/testing/report-fixtures.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { hubOf } from '../../testing/hub-environments.ts';
import { connect } from '../../testing/realtime-client.ts';
import { writeUnheard } from '../../testing/unheard-events.ts';

const harness = await createHarness();

const report = ({ runnerId, spool }: OwnedSession, ...wireIds: string[]) =>
  ingestReports({
    services: harness.services(),
    runnerId,
    reports: wireIds.map((wireId) => spool(received(wireId))),
  });

/** The stream's blocks, as they come. */
async function listen(query: string, options: TestRequest) {
  const headers = { accept: 'text/event-stream', ...options.headers };
  const response = await harness.request('GET', `/v1/realtime?${query}`, { ...options, headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream',
  ]);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<string> => {
    for (;;) {
      const [block, ...rest] = text.split('\n\n');
      if (rest.length > 0) {
        text = rest.join('\n\n');
        return block ?? '';
      }
      const part = await reader?.read();
      if (part === undefined || part.done) return 'end';
      text += part.value;
    }
  };
  const Event = z.object({ id: z.string(), seq: z.number() });
  return {
    next,
    cancel: () => reader?.cancel(),
    event: async () => {
      const [, seq, json = ''] = /^id: (\d+)\ndata: (.+)$/.exec(await next()) ?? [];
      const event = Event.parse(JSON.parse(json));
      expect(String(event.seq)).toBe(seq);
      return event;
    },
  };
}

describe('GET /v1/realtime as an event stream', () => {
  it('tells of the same events as a WebSocket, and resumes where it ended', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key } = session;
    const stream = await listen('', { key });
    expect(await stream.next()).toBe('retry: 2000\nid: 0');
    const socket = await connect(harness, '', { key });
    await report(session, 'A', 'B');
    const told = [await stream.event(), await stream.event()];
    await socket.untilEvents(2);
    expect(told.map(({ id }) => id)).toEqual(socket.events.map(({ id }) => id));
    await stream.cancel();
    await report(session, 'C');
    const again = await listen('after=0', { key, headers: { 'last-event-id': '1' } });
    await again.next();
    expect([(await again.event()).seq, (await again.event()).seq]).toEqual([2, 3]);
  });

  it('begins with new events for an empty cursor, which is none', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key } = session;
    await report(session, 'A', 'B');
    const cases: [string, string, number][] = [
      ['after=', '', 2],
      ['', '', 2],
      ['after=1', '', 1],
    ];
    for (const [query, lastEventId, cursor] of cases) {
      const stream = await listen(query, { key, headers: { 'last-event-id': lastEventId } });
      expect(await stream.next()).toBe(`retry: 2000\nid: ${cursor}`);
      await stream.cancel();
    }
  });

  it('says how far the log is read, also where no event fits', async () => {
    const session = await newOwnedSession(harness);
    const stream = await listen('types=call.*', { key: session.apiKey });
    await stream.next();
    await report(session, 'A', 'B');
    await runDurableObjectAlarm(hubOf(session.workspaceId));
    expect(await stream.next()).toBe('id: 2');
  });

  it('gives all of a long log to a slow reader that does read', async () => {
    const session = await newOwnedSession(harness);
    const ids = Array.from({ length: 1_200 }, (_, index) => `W${index}`);
    await report(session, ...ids);
    const stream = await listen('after=0', { key: session.apiKey });
    await stream.next();
    for (let seq = 1; seq <= ids.length; seq += 1) expect((await stream.event()).seq).toBe(seq);
  });

  it('is cut when its reader takes nothing, which reads what was sent before and why', async () => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 1_500);
    const stream = await listen('after=0', { key: session.apiKey });
    const hub = hubOf(session.workspaceId);
    const flow = () =>
      runInDurableObject(hub, (_hub, state) => {
        const [known] = state.getWebSockets().map(stateOf);
        return known?.flow;
      });
    await expect.poll(flow).toMatchObject({ events: 500, check: { seq: 500 } });
    await runInDurableObject(hub, (_hub, state) => {
      for (const socket of state.getWebSockets()) {
        const known = stateOf(socket);
        remember(socket, { ...known, flow: { ...known.flow, check: { seq: 500, at: 0 } } });
      }
    });
    await runDurableObjectAlarm(hub);
    expect(await stream.next()).toBe('retry: 2000\nid: 0');
    for (let seq = 1; seq <= 1_000; seq += 1) expect((await stream.event()).seq).toBe(seq);
    expect(await stream.next()).toMatch(/^event: close\ndata: \{"code":4008,"reason":"[^"]+"\}$/);
    expect(await stream.next()).toBe('end');
  });

  it('says why it ends', async () => {
    const { workspaceId, apiKey, keyId } = await harness.newWorkspace();
    const stream = await listen('', { key: apiKey });
    await stream.next();
    const { apiKeys } = harness.schema;
    await harness.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, keyId));
    await runDurableObjectAlarm(hubOf(workspaceId));
    expect(await stream.next()).toBe(
      'event: close\ndata: {"code":4001,"reason":"the credential is no longer valid"}',
    );
    expect(await stream.next()).toBe('end');
  });
});
