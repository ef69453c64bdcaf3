import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { forgetOldEvents } from '../../services/events/forget-old-events.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newOwnedSession,
  type OwnedSession,
  received,
  status,
} from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { hubOf, knownHubs } from '../../testing/hub-environments.ts';
import { connect } from '../../testing/realtime-client.ts';
import { writeUnheard } from '../../testing/unheard-events.ts';

const harness = await createHarness();
const { db } = harness;

type Reports = Parameters<OwnedSession['spool']>[0][];
const report = ({ runnerId, spool }: OwnedSession, ...reports: Reports) =>
  ingestReports({
    services: harness.services(),
    runnerId,
    reports: reports.map((one) => spool(one)),
  });

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The hub's own look at its sockets, which comes every few seconds. */
const look = (workspaceId: string) => runDurableObjectAlarm(hubOf(workspaceId));

describe('GET /v1/realtime as a WebSocket', () => {
  it('tells of each event as it is written, in the order of the log', async () => {
    const session = await newOwnedSession(harness);
    await report(session, received('A'));
    const client = await connect(harness, '', { key: session.apiKey });
    expect(await client.frame('ready')).toEqual({ type: 'ready', cursor: 1 });
    await report(session, received('B'), status());
    await report(session, received('C'));
    expect(await client.untilEvents(3)).toEqual([2, 3, 4]);
    const feed = await harness.call('GET', '/v1/events?after=1', { key: session.apiKey });
    expect(client.events).toEqual(feed.data);
  });

  it('filters by types and sessions, which a subscription replaces', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key, workspaceId } = session;
    const other = await harness.newSession({ workspaceId });
    const types = await connect(harness, 'types=session.*', { key });
    const sessions = await connect(harness, `sessionIds=${other.name}`, { key });
    await report(session, received('A'), status());
    expect(await types.untilEvents(1)).toEqual([2]);
    sessions.send({ type: 'subscribe', id: 's', sessionIds: [session.sessionId] });
    const answer = await sessions.answer('s');
    expect(answer).toMatchObject({
      success: true,
      data: { types: null, sessionIds: [session.sessionId] },
    });
    await report(session, received('B'));
    await sessions.untilEvent(3);
    const { cursor } = z.object({ cursor: z.number() }).parse(answer['data']);
    expect(sessions.seqs()).toEqual(range(cursor + 1, 3));
    expect(types.seqs()).toEqual([2]);
  });

  it.each([0, 1, 10_000])('resumes after %i events without a gap or a repeat', async (count) => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 5 + count);
    const client = await connect(harness, 'after=5', { key: session.apiKey });
    await report(session, received('A'), received('B'));
    expect(await client.untilEvents(count + 2)).toEqual(range(6, count + 7));
  });

  it('continues where it was after the hub was out of memory', async () => {
    const session = await newOwnedSession(harness);
    const client = await connect(harness, '', { key: session.apiKey });
    await client.frame('ready');
    await evictDurableObject(hubOf(session.workspaceId));
    await report(session, received('A'));
    expect(await client.untilEvents(1)).toEqual([1]);
  });

  it('finds events of which it was not told', async () => {
    const session = await newOwnedSession(harness);
    const client = await connect(harness, '', { key: session.apiKey });
    await client.frame('ready');
    await writeUnheard(harness, session, 3);
    await look(session.workspaceId);
    expect(await client.untilEvents(3)).toEqual([1, 2, 3]);
  });

  it('answers `ping` with `pong`', async () => {
    const { apiKey } = await harness.newWorkspace();
    const client = await connect(harness, '', { key: apiKey });
    client.send('ping');
    expect(await client.frame('pong')).toEqual({ type: 'pong' });
  });

  it('costs a workspace without connections nothing', async () => {
    const session = await newOwnedSession(harness);
    await report(session, received('A'));
    expect(await knownHubs()).not.toContain(hubOf(session.workspaceId).id.toString());
  });
});

describe('a cursor', () => {
  it('is refused when events after it are gone, and when the log has not reached it', async () => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 10);
    await db.execute(
      sql`update events set created_at = now() - interval '31 days' where workspace_id = ${session.workspaceId} and seq < 6`,
    );
    await forgetOldEvents(harness.services());
    const open = (after: number) =>
      harness.call('GET', `/v1/realtime?after=${after}`, {
        key: session.apiKey,
        headers: { upgrade: 'websocket' },
      });
    expect(await open(4)).toMatchObject({
      status: 410,
      error: { code: 'CURSOR_TOO_OLD', details: { oldest: 6 } },
    });
    expect(await open(11)).toMatchObject({ status: 422 });
    const feed = await harness.call('GET', '/v1/events?after=4', { key: session.apiKey });
    expect(feed).toMatchObject({ status: 410, error: { code: 'CURSOR_TOO_OLD' } });
    for (const after of [0, 5]) {
      const client = await connect(harness, `after=${after}`, { key: session.apiKey });
      expect(await client.untilEvents(5)).toEqual(range(6, 10));
    }
  });
});

describe('a client that does not read', () => {
  it('is sent no more than two checks allow, and is cut', async () => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 1_500);
    const { apiKey: key, workspaceId } = session;
    const client = await connect(harness, 'after=0', { key, returnsChecks: false });
    expect(await client.untilEvents(1_000)).toEqual(range(1, 1_000));
    expect(await client.frame('check')).toEqual({ type: 'check', seq: 500 });
    const reader = await connect(harness, 'after=0', { key });
    expect(await reader.untilEvents(1_500)).toEqual(range(1, 1_500));
    await runInDurableObject(hubOf(workspaceId), (_hub, state) => {
      for (const socket of state.getWebSockets()) {
        const known = socket.deserializeAttachment();
        if (known.flow.check !== null) known.flow.check.at = 0;
        socket.serializeAttachment(known);
      }
    });
    await look(workspaceId);
    expect(await client.closed).toMatchObject({ code: 4008 });
    expect(client.seqs()).toHaveLength(1_000);
  });
});

describe('a connection shows', () => {
  it('nothing of another workspace', async () => {
    const mine = await newOwnedSession(harness);
    const theirs = await newOwnedSession(harness);
    const client = await connect(harness, 'after=0', { key: mine.apiKey });
    const elsewhere = await harness.call('GET', `/v1/realtime?sessionIds=${theirs.sessionId}`, {
      key: mine.apiKey,
      headers: { upgrade: 'websocket' },
    });
    expect(elsewhere).toMatchObject({ status: 404, error: { code: 'SESSION_NOT_FOUND' } });
    client.send({ type: 'subscribe', id: 's', sessionIds: [theirs.sessionId] });
    expect(await client.answer('s')).toMatchObject({
      success: false,
      error: { code: 'SESSION_NOT_FOUND' },
    });
    await report(theirs, received('A'), received('B'));
    await report(mine, received('C'));
    await client.untilEvents(1);
    expect(client.events).toMatchObject([{ seq: 1, sessionId: mine.sessionId }]);
  });

  it('codes that link a phone only to whoever may write sessions', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: reader } = await harness.newKey(session.workspaceId, {
      scopes: ['events:read'],
    });
    const clients = [
      await connect(harness, '', { key: session.apiKey }),
      await connect(harness, '', { key: reader }),
    ];
    await report(session, {
      kind: 'session.qr',
      qr: '2@live',
      expiresAt: Date.now() + 20_000,
    });
    for (const client of clients) await client.untilEvents(1);
    expect(clients.map((client) => client.events[0]?.data['qr'])).toEqual(['2@live', null]);
  });
});

describe('limits', () => {
  it('a workspace has as many connections as its tier allows', async () => {
    const { apiKey: key } = await harness.newWorkspace({ tier: 'basic', perMinute: 600 });
    const limit = LIMITS.realtimeBasic.limit;
    const opened = await Promise.allSettled(
      Array.from({ length: limit + 3 }, () => connect(harness, '', { key })),
    );
    const clients = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(clients).toHaveLength(limit);
    const more = () =>
      harness.call('GET', '/v1/realtime', { key, headers: { upgrade: 'websocket' } });
    expect(await more()).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', details: { limit } },
    });
    clients[0]?.close();
    await clients[0]?.closed;
    await connect(harness, '', { key });
  });

  it.each([
    ['not JSON', '{', 'MALFORMED_JSON', 'A frame is JSON text, or `ping`.'],
    [
      'an unknown type',
      '{"type":"shout"}',
      'VALIDATION_ERROR',
      'frame.type: must be one of subscribe, check, command',
    ],
    [
      'an unknown event',
      '{"type":"subscribe","id":"s","types":["nonsense"]}',
      'VALIDATION_ERROR',
      'frame.types.0: is no event type, wildcard or alias',
    ],
  ])('a frame that is %s is refused', async (_name, frame, code, message) => {
    const { apiKey } = await harness.newWorkspace();
    const client = await connect(harness, '', { key: apiKey });
    client.send(frame);
    expect(await client.frame('error')).toMatchObject({
      success: false,
      error: { code, message },
    });
  });

  it('a large frame closes the connection, and so do too many', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const large = await connect(harness, '', { key });
    large.send('x'.repeat(LIMITS.socketFrameKibibytes.limit * 1024 + 1));
    expect(await large.closed).toMatchObject({ code: 1009 });
    const busy = await connect(harness, '', { key });
    // A new minute may begin meanwhile.
    for (let n = 0; n <= 2 * LIMITS.socketFrames.limit; n += 1)
      busy.send({ type: 'check', seq: n });
    expect(await busy.closed).toMatchObject({ code: 4029 });
  });
});

it('a reader of a long log may return any number of checks', async () => {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  const client = await connect(harness, '', { key });
  const inHub = <Result>(use: (socket: WebSocket) => Result) =>
    runInDurableObject(hubOf(workspaceId), (_hub, state) => state.getWebSockets().map(use));
  const isReturned = (socket: WebSocket): boolean =>
    socket.deserializeAttachment().flow.check === null;
  for (let seq = 1; seq <= LIMITS.socketFrames.limit + 1; seq += 1) {
    await inHub((socket) => {
      const state = socket.deserializeAttachment();
      const flow = { ...state.flow, check: { seq, at: Date.now() } };
      socket.serializeAttachment({ ...state, flow });
    });
    client.send({ type: 'check', seq });
    // None is open any more when they were too many.
    while ((await inHub(isReturned))[0] === false) await Promise.resolve();
  }
  client.send('ping');
  expect(await client.frame('pong')).toBeDefined();
});

it('a plain request is told how to connect', async () => {
  const { apiKey: key } = await harness.newWorkspace();
  expect(await harness.call('GET', '/v1/realtime', { key })).toMatchObject({
    status: 426,
    error: { code: 'UPGRADE_REQUIRED' },
  });
});
