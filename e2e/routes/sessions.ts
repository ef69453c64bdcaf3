import { expect, it } from 'vitest';
import { z } from 'zod';
import { idIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers, coversRefusal } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { openRealtime } from '../testing/realtime-socket.ts';
import { onlineSession, sendText } from '../testing/session.ts';
import { until } from '../testing/until.ts';

export function sessionRoutes(running: () => Deployment): void {
  covers(
    'GET /v1/sessions',
    'PATCH /v1/sessions/{id}',
    'GET /v1/sessions/{id}/status',
    'GET /v1/sessions/{id}/capabilities',
    'GET /v1/sessions/{id}/screenshot',
    'POST /v1/sessions/{id}/sandbox/acks',
    'POST /v1/sessions/{id}/sandbox/network',
    'POST /v1/sessions/{id}/sandbox/unlink',
    'GET /v1/messages',
  );
  coversRefusal('POST /v1/messages/album');

  it('a session is listed and renamed, shows its page, ends when the phone unlinks it, and is deleted', async () => {
    const { api } = running();
    const { id } = await onlineSession(running(), 'before');
    const path = `/v1/sessions/${id}`;
    await api.call('PATCH', path, { body: { name: 'after' } });
    expect(listedIn(await api.call('GET', '/v1/sessions'))).toContainEqual(
      expect.objectContaining({ id, name: 'after' }),
    );
    const status = async () =>
      (await api.call('GET', `${path}/status`)).data(z.object({ status: z.string() })).status;
    expect(await status()).toBe('online');
    expect(listedIn(await api.call('GET', `${path}/capabilities`))).toContainEqual({
      name: 'send.text',
      supported: 'yes',
      reason: null,
    });
    const picture = await api.call('GET', `${path}/screenshot`);
    expect(picture.headers.get('content-type')).toBe('image/png');

    const toBe = (wanted: string) =>
      until(`the session to be ${wanted}`, async () =>
        (await status()) === wanted ? true : undefined,
      );
    await api.call('POST', `${path}/sandbox/network`, { body: { online: false } });
    await toBe('reconnecting');
    await api.call('POST', `${path}/sandbox/network`, { body: { online: true } });
    await toBe('online');
    await api.call('POST', `${path}/sandbox/unlink`);
    await toBe('logged_out');

    const { apiUrl, apiKey } = await running().facts();
    const realtime = `${apiUrl.replace('http', 'ws')}/v1/realtime?sessionIds=${id}`;
    const socket = await openRealtime(realtime, { authorization: `Bearer ${apiKey}` });
    await api.call('DELETE', path);
    expect(await socket.closed).toMatchObject({ code: 4004 });
  });

  it('what the engine cannot do is refused by its name among the capabilities', async () => {
    const { api } = running();
    const { sessionId } = await running().facts();
    const body = { sessionId, to: '+15550100001' };
    const refused = (await api.call('POST', '/v1/messages/album', { body })).error();
    expect(refused.code).toBe('NOT_SUPPORTED');
    const can = listedIn(await api.call('GET', `/v1/sessions/${sessionId}/capabilities`));
    expect(can).toContainEqual({
      name: refused.details?.['capability'],
      supported: 'no',
      reason: refused.message,
    });
  });

  it('acks come when the simulated phone is told to give them', async () => {
    const { api } = running();
    const { sessionId } = await running().facts();
    const path = `/v1/sessions/${sessionId}/sandbox/acks`;
    await api.call('POST', path, { body: { delaysMs: [0, -1, -1] } });
    const { message } = await sendText(running(), { sessionId, text: 'unread', wait: 20 });
    expect(message.status).toBe('sent');
    await api.call('POST', path, { body: { messageId: message.id, ack: 3 } });
    await until('it to be read', async () => {
      const [newest] = listedIn(
        await api.call('GET', `/v1/messages?sessionId=${sessionId}&limit=1`),
      );
      return newest?.['id'] === message.id && newest['status'] === 'read' ? true : undefined;
    });
    expect(idIn(await api.call('GET', `/v1/messages/${message.id}`))).toBe(message.id);
    expect(shownIn(await api.call('POST', path, { body: { delaysMs: [0, 0, 0] } }))).toEqual({});
  });
}
