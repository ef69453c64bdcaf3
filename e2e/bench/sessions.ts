import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { SessionView } from '../testing/session.ts';

/** Closer than `until` asks: some of these times are short. */
const ASK_EVERY_MS = 5;
const WITHIN_MS = 30_000;

async function waitFor(deployment: Deployment, id: string, status: string): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  for (;;) {
    const session = (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
    if (session.status === status) return;
    if (performance.now() > giveUpAt) throw new Error(`session ${id} is not ${status} in time`);
    await sleep(ASK_EVERY_MS);
  }
}

export type SessionTimes = {
  startToQrMs: number;
  scanToOnlineMs: number;
  restoreToOnlineMs: number;
};

/** Milliseconds from creating a session to its first QR code, from its scan to online, and from starting a stopped one to online. */
export async function sessionTimes(deployment: Deployment): Promise<SessionTimes> {
  const { api } = deployment;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };
  let id = '';
  const startToQrMs = await timed(async () => {
    const body = { name: `bench-times-${crypto.randomUUID().slice(0, 8)}`, mode: 'sandbox' };
    id = (await api.call('POST', '/v1/sessions', { body })).data(SessionView).id;
    await waitFor(deployment, id, 'qr');
  });
  const scanToOnlineMs = await timed(async () => {
    await api.call('POST', `/v1/sessions/${id}/sandbox/scan`, { body: {} });
    await waitFor(deployment, id, 'online');
  });
  await api.call('POST', `/v1/sessions/${id}/stop`);
  await waitFor(deployment, id, 'disconnected');
  const restoreToOnlineMs = await timed(async () => {
    await api.call('POST', `/v1/sessions/${id}/start`);
    await waitFor(deployment, id, 'online');
  });
  await api.call('DELETE', `/v1/sessions/${id}`);
  return { startToQrMs, scanToOnlineMs, restoreToOnlineMs };
}
