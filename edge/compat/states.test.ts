import { expect, test } from 'vitest';
import { SESSION_STATUSES, type SessionStatus } from '../../shared/session-status.ts';
import { createHarness } from '../testing/harness.ts';
import { plainCall } from '../testing/plain-call.ts';

const harness = await createHarness();
const call = plainCall(harness);

/** What instances and sessions, wa, WAHA, and Evolution call a state. The queue has our names. */
const NAMES: Readonly<Record<SessionStatus, readonly [string, string, string, string]>> = {
  created: ['connecting', 'pending', 'STARTING', 'connecting'],
  starting: ['connecting', 'pending', 'STARTING', 'connecting'],
  qr: ['connecting', 'pending', 'SCAN_QR_CODE', 'connecting'],
  pairing_code: ['connecting', 'pending', 'SCAN_QR_CODE', 'connecting'],
  authenticating: ['connecting', 'pending', 'STARTING', 'connecting'],
  online: ['connected', 'connected', 'WORKING', 'open'],
  reconnecting: ['reconnecting', 'disconnected', 'STARTING', 'connecting'],
  disconnected: ['disconnected', 'disconnected', 'STOPPED', 'close'],
  logged_out: ['logged_out', 'disconnected', 'FAILED', 'close'],
  action_required: ['error', 'disconnected', 'FAILED', 'connecting'],
  failed: ['error', 'disconnected', 'FAILED', 'close'],
};

test('a session of each state is listed by each system, in its words and its fields', async () => {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  const { owner } = harness.newRunner();
  const made = await Promise.all(
    SESSION_STATUSES.map(async (status) => {
      const { id } = await harness.newSession({ workspaceId, status, name: status, owner });
      return { id, status, shown: NAMES[status] };
    }),
  );
  const body = async (path: string) => (await call('GET', path, { key })).body;
  const each = (row: (one: (typeof made)[number]) => object) =>
    expect.arrayContaining(made.map(row));

  const sessions = each(({ id, status, shown: [state] }) => ({
    id,
    name: status,
    status: state,
    phoneNumber: null,
    lastActive: null,
  }));
  expect(await body('/api/sessions')).toEqual({ sessions });
  const data = each(({ id, status, shown: [state] }) => ({
    id,
    instanceName: status,
    status: state.toUpperCase(),
    phoneNumber: null,
    lastActive: null,
  }));
  expect(await body('/api/instances')).toMatchObject({ success: true, data });
  const connections = each(({ id, shown: [, status] }) => ({
    connectionId: id,
    status,
    number: null,
    lastActive: null,
  }));
  expect(await body('/wa/connections')).toEqual(connections);
  const queue = each(({ id, status }) => ({
    sessionId: id,
    name: status,
    status,
    phoneNumber: null,
    lastActiveAt: null,
  }));
  expect(await body('/api/v1/sessions')).toEqual({ ok: true, data: queue });
  const waha = each(({ status, shown: [, , state] }) =>
    expect.objectContaining({ name: status, status: state, me: null }),
  );
  expect(await body('/compat/waha/api/sessions?all=true')).toEqual(waha);
  const evolution = each(({ id, status, shown: [, , , state] }) =>
    expect.objectContaining({ id, name: status, connectionStatus: state, ownerJid: null }),
  );
  expect(await body('/compat/evolution/instance/fetchInstances')).toEqual(evolution);
});
