import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { covers } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, MessageView, sendText, settled } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const Session = z.object({ id: z.string(), status: z.string(), reason: z.string() });
const Code = z.object({ code: z.string(), expiresAt: z.iso.datetime() });
const Events = z.array(
  z.object({ type: z.enum(['status', 'reconnect']), status: z.string(), reason: z.string() }),
);
const PHONE = '+15550177001';

describe('the life of a session', () => {
  covers(
    'POST /v1/sessions/{id}/pairing-code',
    'POST /v1/sessions/{id}/sandbox/scan',
    'POST /v1/sessions/{id}/start',
    'POST /v1/sessions/{id}/stop',
    'POST /v1/sessions/{id}/restart',
    'POST /v1/sessions/{id}/reconnect',
    'POST /v1/sessions/{id}/logout',
    'POST /v1/sessions/{id}/archive',
    'POST /v1/sessions/{id}/unarchive',
    'GET /v1/sessions/{id}/events',
    'GET /v1/sessions/{id}/metrics',
  );
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

  const call = (method: string, path: string, body?: unknown) =>
    deployment.api.call(method, `/v1/sessions${path}`, body === undefined ? {} : { body });
  const post = async (path: string, body?: unknown) => {
    const answer = await call('POST', path, body);
    expect(answer.status, `${path}: ${answer.text}`).toBe(200);
    return answer;
  };
  const toBe = (id: string, wanted: string) =>
    until(`the session to be ${wanted}`, async () => {
      const { status, reason } = (await call('GET', `/${id}`)).data(Session);
      if (status !== wanted) throw new Error(`${status}: ${reason}`);
      return true;
    });

  it('linked by a typed code, restarted, logged out, linked anew, archived, restored, deleted', async () => {
    const created = await call('POST', '', { name: 'whole life', mode: 'sandbox' });
    const { id } = created.data(Session);

    const { code } = (await post(`/${id}/pairing-code?wait=30`, { phone: PHONE })).data(Code);
    expect((await post(`/${id}/pairing-code`, { phone: PHONE })).data(Code).code).toBe(code);
    await toBe(id, 'pairing_code');
    await post(`/${id}/sandbox/scan`, { phone: PHONE, pairingCode: code });
    await toBe(id, 'online');

    await post(`/${id}/restart`);
    await toBe(id, 'online');
    const sent = await sendText(deployment, { sessionId: id, text: 'after the restart' });
    expect(HAS_LEFT).toContain((await settled(deployment, sent.message.id)).status);

    const left = await post(`/${id}/logout`);
    expect(left.data(z.object({ status: z.string(), unlinked: z.boolean() }))).toEqual({
      status: 'logged_out',
      unlinked: true,
    });
    await post(`/${id}/start`);
    await toBe(id, 'qr');
    await post(`/${id}/sandbox/scan`, { phone: PHONE });
    await toBe(id, 'online');

    const log = (await call('GET', `/${id}/events?limit=100`)).data(Events);
    expect(log.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['restart_requested', 'logged_out: requested']),
    );
    const metrics = await until('the session to be measured with its browser', async () => {
      const { resources } = (await call('GET', `/${id}/metrics`)).data(
        z.object({
          resources: z.object({ processes: z.number(), rssBytes: z.number() }).nullable(),
        }),
      );
      // The first measurement may have come before the browser.
      return (resources?.processes ?? 0) > 2 ? resources : undefined;
    });
    expect(metrics?.rssBytes).toBeGreaterThan(50_000_000);

    await post(`/${id}/archive`);
    const refused = await deployment.api.call('POST', '/v1/messages/text', {
      body: { sessionId: id, to: '+15550100001', text: 'to nobody' },
    });
    expect(refused.error().code).toBe('SESSION_NOT_FOUND');
    await post(`/${id}/unarchive`);
    await post(`/${id}/start`);
    await toBe(id, 'online');

    await post(`/${id}/stop`);
    await toBe(id, 'disconnected');
    expect((await call('DELETE', `/${id}`)).status).toBe(200);
    await until('its folder to be gone from every runner', () => {
      const left = foldersNamed(deployment.directory, id);
      return Promise.resolve(left.length === 0 ? true : undefined);
    });
  });

  it('waits for its user when another number was linked', async () => {
    const { id } = (await call('POST', '', { name: 'two phones', mode: 'sandbox' })).data(Session);
    await call('GET', `/${id}/qr?wait=30`);
    await post(`/${id}/sandbox/scan`, { phone: '+15550177002' });
    await toBe(id, 'online');
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = (
      await deployment.api.call('POST', '/v1/messages/text', {
        body: { sessionId: id, to: '+15550100001', text: 'from the first', sendAt: later },
      })
    ).data(MessageView);
    const shown = async () =>
      (await call('GET', `/${id}`)).data(z.object({ phoneNumber: z.string() })).phoneNumber;
    // Turned away twice, the other phone is a stranger each time.
    for (let time = 0; time < 2; time += 1) {
      await post(`/${id}/logout`);
      expect(await shown()).toBe('15550177002');
      await post(`/${id}/start`);
      await toBe(id, 'qr');
      await post(`/${id}/sandbox/scan`, { phone: '+15550177003' });
      await toBe(id, 'action_required');
    }
    await post(`/${id}/stop`);
    await toBe(id, 'disconnected');
    expect(await shown()).toBe('15550177002');
    await post(`/${id}/start`);
    await toBe(id, 'action_required');
    const accepted = await post(`/${id}/reconnect`, { acceptNumber: true });
    expect(JSON.parse(accepted.text)).toMatchObject({ meta: { failedMessages: 1 } });
    await toBe(id, 'online');
    expect(await shown()).toBe('15550177003');
    expect(await settled(deployment, scheduled.id)).toMatchObject({
      status: 'failed',
      error: { code: 'NUMBER_CHANGED' },
    });
    const { phone, at } = await worldOf(deployment, '15550177003');
    expect((await phone.account(at)).devices).toHaveLength(1);
    const deleted = (await call('DELETE', `/${id}`)).data(z.object({ unlinked: z.boolean() }));
    expect(deleted).toEqual({ unlinked: true });
    expect((await phone.account(at)).devices).toEqual([]);
  });
});

/** Folders of a session anywhere under the deployment's directory. */
function foldersNamed(directory: string, sessionId: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(join('sessions', sessionId)))
    .map((path) => join(directory, path));
}
