import type { Deployment } from '../testing/deployment.ts';
import { SessionView } from '../testing/session.ts';
import { until } from '../testing/until.ts';

async function waitFor(deployment: Deployment, id: string, status: string): Promise<void> {
  await until(`session ${id} to be ${status}`, async () => {
    const session = (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
    return session.status === status ? true : undefined;
  });
}

/** Milliseconds from creating a session to its first QR code, and from starting a stopped one to online again. */
export async function sessionTimes(
  deployment: Deployment,
): Promise<{ startToQrMs: number; restoreToOnlineMs: number }> {
  const { api } = deployment;
  const createdAt = performance.now();
  const { id } = (
    await api.call('POST', '/v1/sessions', { body: { name: 'bench-times', mode: 'sandbox' } })
  ).data(SessionView);
  await waitFor(deployment, id, 'qr');
  const startToQrMs = performance.now() - createdAt;
  await api.call('POST', `/v1/sessions/${id}/sandbox/scan`, { body: {} });
  await waitFor(deployment, id, 'online');
  await api.call('POST', `/v1/sessions/${id}/stop`);
  await waitFor(deployment, id, 'disconnected');
  const startedAt = performance.now();
  await api.call('POST', `/v1/sessions/${id}/start`);
  await waitFor(deployment, id, 'online');
  const restoreToOnlineMs = performance.now() - startedAt;
  await api.call('DELETE', `/v1/sessions/${id}`);
  return { startToQrMs, restoreToOnlineMs };
}
