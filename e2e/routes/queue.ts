import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { signIn, signUp } from '../testing/account.ts';
import { idIn, jsonIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { HAS_LEFT, onlineSession } from '../testing/session.ts';

const CHAT = '15550100001@c.us';
const Queued = z.strictObject({
  ok: z.literal(true),
  data: z.strictObject({
    messageId: z.string(),
    status: z.string(),
    sessionId: z.string(),
    to: z.literal(CHAT),
    queuedAt: z.iso.datetime(),
  }),
});

const steps = await readGuide('migrate/queue.md');

/**
 * The routes of the queue.
 * @param admin an address of ADMIN_EMAILS, and the deployment's ADMIN_PASSWORD
 */
export function queueRoutes(
  running: () => Deployment,
  imageUrl: () => string,
  admin: { email: string; password: string },
): void {
  covers(
    'POST /api/v1/messages/text',
    'POST /api/v1/messages/media',
    'GET /api/v1/sessions',
    'GET /api/v1/sessions/{id}/status',
    'GET /api/v1/sessions/{id}/qr',
    'POST /api/v1/sessions/{id}/logout',
    'POST /api/v1/sessions/{id}/reconnect',
    'GET /api/admin/users',
    'POST /api/admin/users',
    'PATCH /api/admin/users/{id}',
    'GET /api/admin/workspaces',
    'GET /api/admin/workspaces/{id}',
    'PATCH /api/admin/workspaces/{id}',
    'GET /api/admin/runners',
    'GET /api/admin/sessions',
    'GET /admin',
  );

  const api = () => running().api;
  let session: { id: string; phoneNumber: string };
  let token: string;
  beforeAll(async () => {
    session = await onlineSession(running(), 'queue');
    // The role comes with a sign-in after the address is confirmed.
    const { email, password } = await signUp(running(), 'queue admin', admin.email);
    ({ token } = await signIn(running(), email, password));
  });

  it.each([
    ['text', 'text', () => ({ text: 'Hello' })],
    ['image', 'media', () => ({ mediaUrl: imageUrl(), caption: 'Look' })],
  ])('a job sends a %s', async (type, path, said) => {
    const body = { sessionId: 'queue', to: CHAT, ...said() };
    const accepted = await api().call('POST', `/api/v1/messages/${path}`, { body });
    expect(Queued.parse(jsonIn(accepted, 202)).data).toMatchObject({
      sessionId: session.id,
      status: 'queued',
    });
    const headers = { prefer: 'wait=20' };
    const settled = await api().call('POST', `/api/v1/messages/${path}`, { body, headers });
    const { messageId, status } = Queued.parse(jsonIn(settled)).data;
    expect(HAS_LEFT).toContain(status);
    const message = shownIn(await api().call('GET', `/v1/messages/${messageId}`));
    expect(message).toMatchObject({ type, sessionId: session.id });
  });

  it('what a job ignores is named, and what an address takes', async () => {
    const body = { sessionId: 'queue', to: CHAT, text: 'Hello', priority: 1 };
    const accepted = await api().call('POST', '/api/v1/messages/text', { body });
    expect(accepted.headers.get('waypost-ignored')).toBe('priority');
    const wrong = await api().call('GET', '/api/v1/messages/text');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('sessions are listed and shown', async () => {
    const shown = {
      sessionId: session.id,
      name: 'queue',
      status: 'online',
      phoneNumber: session.phoneNumber,
      lastActiveAt: expect.any(String),
    };
    const list = jsonIn(await api().call('GET', '/api/v1/sessions'));
    expect(list).toEqual({ ok: true, data: expect.arrayContaining([shown]) });
    const one = await api().call('GET', '/api/v1/sessions/queue/status');
    expect(jsonIn(one)).toEqual({ ok: true, data: shown });
  });

  it('a session shows its code as a picture, logs out and reconnects', async () => {
    const body = { name: 'queue-qr', mode: 'sandbox' };
    const id = idIn(await api().call('POST', '/v1/sessions', { body }));
    const { apiUrl, apiKey } = await running().facts();
    const path = `/api/v1/sessions/${id}`;
    expect((await api().call('GET', `${path}/qr`)).status).toBe(200);
    const picture = await fetch(new URL(`${path}/qr`, apiUrl), {
      headers: { 'x-api-key': apiKey },
    });
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    for (const command of ['logout', 'reconnect'] as const)
      expect(jsonIn(await api().call('POST', `${path}/${command}`))).toEqual({
        ok: true,
        data: { sessionId: id, status: expect.any(String) },
      });
    await api().call('DELETE', `/v1/sessions/${id}`);
  });

  it('a session that is not linked takes no job', async () => {
    const body = { name: 'queue-stopped', mode: 'sandbox' };
    const id = idIn(await api().call('POST', '/v1/sessions', { body }));
    await api().call('POST', `/v1/sessions/${id}/stop`);
    const job = { sessionId: id, to: CHAT, text: 'Hello' };
    const refused = await api().call('POST', '/api/v1/messages/text', { body: job });
    expect(jsonIn(refused, 503)).toEqual({
      ok: false,
      error: { code: 'UNAVAILABLE', message: expect.any(String), details: expect.anything() },
    });
    await api().call('DELETE', `/v1/sessions/${id}`);
  });

  const login = { authorization: `Basic ${btoa(`admin:${admin.password}`)}` };
  const asAdmin = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body };
    const answer = await api().call(method, path, { ...sent, headers: login });
    return z
      .strictObject({
        ok: z.literal(true),
        data: z.unknown(),
        nextCursor: z.string().nullable().optional(),
      })
      .parse(jsonIn(answer, method === 'POST' ? 201 : 200)).data;
  };
  const One = z.looseObject({ id: z.string() });
  /** What an administrator's login is shown at our own address. */
  const ours = async (path: string): Promise<unknown> => {
    const answer = await api().call('GET', path.replace('/api/', '/v1/'), { key: token });
    return answer.data(z.unknown());
  };

  it('administration mirrors ours, by password', async () => {
    const email = 'dora@example.com';
    const made = One.parse(await asAdmin('POST', '/api/admin/users', { email, name: 'Dora' }));
    const list = await asAdmin('GET', `/api/admin/users?email=${email}`);
    expect(list).toEqual([made]);
    expect(await ours(`/api/admin/users?email=${email}`)).toEqual(list);
    const changed = await asAdmin('PATCH', `/api/admin/users/${made.id}`, { isActive: false });
    expect(changed).toEqual({ ...made, isActive: false, stoppedKeys: [] });
    const { workspaceId, sessionId, runners } = await running().facts();
    expect(z.array(One).parse(await asAdmin('GET', '/api/admin/workspaces'))).not.toEqual([]);
    const path = `/api/admin/workspaces/${workspaceId}`;
    const workspace = One.parse(await asAdmin('GET', path));
    expect(await ours(path)).toEqual(workspace);
    const renamed = await asAdmin('PATCH', path, { name: workspace['name'] });
    expect(renamed).toEqual({ ...workspace, updatedAt: expect.any(String) });
    const fleet = z.array(One).parse(await asAdmin('GET', '/api/admin/runners'));
    expect(fleet.map(({ id }) => id)).toEqual(runners.map(({ id }) => id));
    const [one] = z.array(One).parse(await ours('/api/admin/runners'));
    expect(Object.keys(fleet[0] ?? {})).toEqual(Object.keys(one ?? {}));
    const those = `/api/admin/sessions?workspaceId=${workspaceId}`;
    const sessions = z.array(One).parse(await asAdmin('GET', those));
    expect(sessions).toContainEqual(expect.objectContaining({ id: sessionId }));
    const [first] = z.array(One).parse(await ours(those));
    expect(Object.keys(sessions[0] ?? {})).toEqual(Object.keys(first ?? {}));
  });

  it('/admin leads to the dashboard, and asks for the password', async () => {
    const { apiUrl } = await running().facts();
    const opened = await fetch(new URL('/admin', apiUrl), { headers: login, redirect: 'manual' });
    expect(opened.status).toBe(302);
    expect(opened.headers.get('location')).toBe('/administration');
    const page = await api().call('GET', '/admin', { headers: login });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const refused = await fetch(new URL('/admin', apiUrl));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Basic');
  });

  it('the document and its page are there', async () => {
    const { apiUrl } = await running().facts();
    const document = await fetch(new URL('/api/openapi', apiUrl));
    expect(await document.json()).toMatchObject({ info: { title: 'Waypost: Queue' } });
    expect(await (await fetch(new URL('/docs', apiUrl))).text()).toContain('docs?of=queue');
  });

  followsGuide(steps, 8, async () => {
    const { apiUrl, apiKey } = await running().facts();
    return { URL: new URL(apiUrl).origin, KEY: apiKey, FILE: imageUrl(), PASSWORD: admin.password };
  });
}
