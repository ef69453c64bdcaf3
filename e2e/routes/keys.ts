import { expect, it } from 'vitest';
import { z } from 'zod';
import { idIn, listedIn, shownIn } from '../testing/answers.ts';
import { apiClient } from '../testing/api-client.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { openEventStream } from '../testing/event-stream.ts';
import { openRealtime } from '../testing/realtime-socket.ts';

const SCOPES = ['messages:read', 'events:read'];

export function keyRoutes(running: () => Deployment): void {
  covers(
    'POST /v1/keys',
    'GET /v1/keys',
    'GET /v1/keys/self',
    'PATCH /v1/keys/{id}',
    'POST /v1/keys/{id}/rotate',
    'DELETE /v1/keys/{id}',
  );

  it('a key is listed, paused, rotated and revoked, and works as long as it should, its connections too', async () => {
    const { api, facts } = running();
    const { apiUrl } = await facts();
    const made = await api.call('POST', '/v1/keys', {
      body: { name: 'till', scopes: SCOPES },
    });
    const id = idIn(made);
    const { key } = made.data(z.object({ key: z.string() }));
    const self = (of: string) => apiClient(apiUrl, of).call('GET', '/v1/keys/self');
    expect(shownIn(await self(key))).toMatchObject({ id, scopes: SCOPES });
    expect(listedIn(await api.call('GET', '/v1/keys'))).toContainEqual(
      expect.objectContaining({ id, name: 'till' }),
    );

    await api.call('PATCH', `/v1/keys/${id}`, { body: { isActive: false } });
    expect((await self(key)).status).toBe(401);
    await api.call('PATCH', `/v1/keys/${id}`, { body: { isActive: true } });
    const rotated = await api.call('POST', `/v1/keys/${id}/rotate`, {
      body: { overlapSeconds: 0 },
    });
    const { key: next } = rotated.data(z.object({ key: z.string() }));
    expect((await self(key)).status).toBe(401);
    expect(shownIn(await self(next))).toMatchObject({ id });

    const realtime = `${apiUrl.replace('http', 'ws')}/v1/realtime`;
    const socket = await openRealtime(realtime, { authorization: `Bearer ${next}` });
    const stream = await openEventStream(apiUrl, next, '');
    expect(shownIn(await api.call('DELETE', `/v1/keys/${id}`))).toMatchObject({ deleted: true });
    expect((await self(next)).status).toBe(401);
    const revoked = { code: 4001, reason: 'the credential is no longer valid' };
    expect(await socket.closed).toEqual(revoked);
    expect(await stream.closed).toEqual(revoked);
  });
}
