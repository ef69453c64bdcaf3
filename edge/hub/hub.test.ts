import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newOwnedSession } from '../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../testing/harness.ts';
import { hubOf } from '../testing/hub-environments.ts';
import { connect } from '../testing/realtime-client.ts';
import { writeUnheard } from '../testing/unheard-events.ts';
import type { RealtimeHub } from './hub.ts';
import { remember, type SocketState, stateOf } from './socket-state.ts';

const harness = await createHarness();

const look = (workspaceId: string) => runDurableObjectAlarm(hubOf(workspaceId));
const alarmOf = (workspaceId: string) =>
  runInDurableObject(hubOf(workspaceId), (_hub, state) => state.storage.getAlarm());

/** Changes what the hub knows of its sockets that chose types. */
const changeChosen = (workspaceId: string, edit: (state: SocketState) => SocketState) =>
  runInDurableObject(hubOf(workspaceId), (_hub, state) => {
    for (const socket of state.getWebSockets()) {
      const known = stateOf(socket);
      if (known.filter.types !== null) remember(socket, edit(known));
    }
  });

describe('a client’s close is answered', () => {
  it.each([1000, 1001, 1004, 1005, 1006, 1015, 3000, 4321])('with code %i', async (code) => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const client = await connect(harness, '', { key });
    await client.frame('ready');
    await runInDurableObject<RealtimeHub, void>(hubOf(workspaceId), (hub, state) => {
      for (const socket of state.getWebSockets()) hub.webSocketClose(socket, code);
    });
    const isSent = ![1004, 1005, 1006, 1015].includes(code);
    expect(await client.closed).toMatchObject({ code: isSent ? code : 1005 });
  });
});

describe('the hub’s own look', () => {
  it('cuts a slow reader and serves the others while its workspace cannot be marked', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key, workspaceId } = session;
    const slow = await connect(harness, 'types=session.*', { key });
    const reader = await connect(harness, '', { key });
    await changeChosen(workspaceId, (state) => ({
      ...state,
      flow: { ...state.flow, check: { seq: 0, at: 0 } },
    }));
    await writeUnheard(harness, session, 3);
    const rename = (from: string, to: string) =>
      harness.db.execute(sql.raw(`alter table workspaces rename column ${from} to ${to}`));
    await rename('realtime_until', 'realtime_til');
    try {
      await look(workspaceId);
      expect(await slow.closed).toMatchObject({ code: 4008 });
      expect(await reader.untilEvents(3)).toEqual([1, 2, 3]);
    } finally {
      await rename('realtime_til', 'realtime_until');
    }
    expect(await alarmOf(workspaceId)).not.toBeNull();
  });

  it('gives all to a reader beside one whose reading fails', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key, workspaceId } = session;
    await connect(harness, 'types=session.*', { key });
    const reader = await connect(harness, '', { key });
    await changeChosen(workspaceId, (state) => ({ ...state, cursor: Number.NaN }));
    await writeUnheard(harness, session, 350);
    await look(workspaceId);
    expect(await reader.untilEvents(350)).toHaveLength(350);
  });

  it('tells a quiet reader how far the log is read, who resumes there', async () => {
    const session = await newOwnedSession(harness);
    const { apiKey: key, workspaceId } = session;
    const quiet = await connect(harness, 'types=session.*', { key });
    await writeUnheard(harness, session, 250);
    await look(workspaceId);
    expect(await quiet.frame('cursor')).toEqual({ type: 'cursor', cursor: 250 });
    await look(workspaceId);
    await writeUnheard(harness, session, 1, 'session.status');
    await look(workspaceId);
    expect(await quiet.untilEvents(1)).toEqual([251]);
    expect(quiet.frames.filter(({ type }) => type === 'cursor')).toHaveLength(1);
    const again = await connect(harness, 'types=session.*&after=250', { key });
    expect(await again.untilEvents(1)).toEqual([251]);
  });

  it('forgets spent tokens once they have expired, also when nobody is connected', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const made = await harness.call('POST', '/v1/realtime/token', { key });
    const { token } = z.object({ token: z.string() }).parse(made.data);
    const client = await connect(harness, `token=${token}`);
    client.close();
    await client.closed;
    await look(workspaceId);
    expect(await alarmOf(workspaceId)).not.toBeNull();
    const spent = () =>
      runInDurableObject(hubOf(workspaceId), async (_hub, { storage }) => {
        const tokens = await storage.list({ prefix: 'token:' });
        for (const key of tokens.keys()) await storage.put(key, 0);
        return tokens.size;
      });
    expect(await spent()).toBe(1);
    await look(workspaceId);
    expect(await spent()).toBe(0);
    await look(workspaceId);
    expect(await alarmOf(workspaceId)).toBeNull();
  });
});
