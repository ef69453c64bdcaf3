import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Person, signIn, signUp } from '../testing/account.ts';
import { jsonIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';

const TO = '15550100001@c.us';
const Success = z.strictObject({
  success: z.literal(true),
  data: z.unknown(),
  meta: z.strictObject({
    timestamp: z.iso.datetime(),
    request_id: z.string(),
    instanceName: z.string().optional(),
  }),
});

const steps = await readGuide('migrate/instances.md');

/**
 * The routes of the instances.
 * @param fileUrl where a file of the file server is
 * @param adminEmail an address of ADMIN_EMAILS
 */
export function instanceRoutes(
  running: () => Deployment,
  fileUrl: (name: string) => string,
  adminEmail: string,
): void {
  covers(
    'POST /api/auth/login',
    'GET /api/auth/me',
    'POST /api/users',
    'GET /api/subscription/usage',
    'POST /api/instances',
    'GET /api/instances',
    'GET /api/instances/{name}/status',
    'GET /api/instances/{name}/qr',
    'POST /api/instances/{name}/restart',
    'POST /api/instances/{name}/keys',
    'POST /api/instances/{name}/webhook',
    'POST /api/messages/text',
    'POST /api/messages/image',
    'POST /api/messages/document',
    'POST /api/messages/audio',
    'POST /api/messages/location',
    'POST /api/contacts/check',
    'GET /api/stats',
    'GET /api/instance/info',
    'POST /api/webhook',
  );

  let person: Person;
  let session: { id: string; phoneNumber: string };
  beforeAll(async () => {
    person = await signUp(running(), 'instances');
    session = await onlineSession(running(), 'instances');
  });

  async function call(
    method: string,
    path: string,
    {
      key,
      ...options
    }: { key?: string | null; body?: unknown; headers?: Record<string, string> } = {},
    status = 200,
  ) {
    const given = key === undefined ? options : { ...options, key };
    const answer = await running().api.call(method, `/api/${path}`, given);
    return Success.parse(jsonIn(answer, status));
  }
  const Instance = z.strictObject({
    id: z.string(),
    instanceName: z.string(),
    status: z.string(),
    phoneNumber: z.string().nullable(),
    lastActive: z.iso.datetime().nullable(),
  });

  it('a person signs in for a token, with which they are known', async () => {
    const { email, password } = person;
    const { data } = await call('POST', 'auth/login', { key: null, body: { email, password } });
    const { token, user } = z
      .strictObject({
        token: z.string(),
        expiresAt: z.iso.datetime(),
        user: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
      })
      .parse(data);
    expect(user).toMatchObject({ email, name: 'instances' });
    const me = await call('GET', 'auth/me', { key: `jwt_${token}` });
    expect(me.data).toMatchObject({ id: user.id, email });
    expect(me.data).toEqual(shownIn(await running().api.call('GET', '/v1/me', { key: token })));
  });

  it('an administrator adds a person', async () => {
    const { password, email } = await signUp(running(), 'instances admin', adminEmail);
    // The role comes with a sign-in after the address is confirmed.
    const { token: key } = await signIn(running(), email, password);
    const body = { email: 'erin@example.com', name: 'Erin' };
    const { data } = await call('POST', 'users', { key, body }, 201);
    expect(data).toMatchObject({ ...body, role: 'user', isActive: true });
    const path = `/v1/admin/users?email=${body.email}`;
    expect(listedIn(await running().api.call('GET', path, { key }))).toEqual([data]);
  });

  it('an instance is created, listed, shown, and gives its code', async () => {
    const body = { name: 'instances-new', mode: 'sandbox' };
    const made = await call('POST', 'instances', { body }, 201);
    expect(made.meta.instanceName).toBe(body.name);
    const { id } = Instance.parse(made.data);
    const { data } = await call('GET', 'instances');
    const list = z.array(Instance).parse(data);
    expect(list).toContainEqual(expect.objectContaining({ id, instanceName: body.name }));
    const code = await call('GET', `instances/${body.name}/qr`);
    expect(code.data).toEqual({
      qrCode: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
      qrCodeExpiry: expect.any(String),
    });
    const one = await call('GET', `instances/${body.name}/status`);
    expect(Instance.parse(one.data)).toMatchObject({ id, status: 'CONNECTING', phoneNumber: null });
    await running().api.call('DELETE', `/v1/sessions/${id}`);
  });

  it('a key is its instance, which it sends from', async () => {
    const made = await call('POST', 'instances/instances/keys', { body: { name: 'desk' } }, 201);
    const { key } = z
      .strictObject({
        id: z.string(),
        name: z.literal('desk'),
        key: z.string(),
        scopes: z.array(z.string()),
      })
      .parse(made.data);
    expect(made.meta.instanceName).toBe('instances');
    const info = await call('GET', 'instance/info', { key });
    expect(Instance.parse(info.data)).toMatchObject({ id: session.id, status: 'CONNECTED' });
    const said = {
      text: { text: 'Hello' },
      image: { mediaUrl: fileUrl('dot.png'), caption: 'Look' },
      document: { mediaUrl: fileUrl('dot.png'), filename: 'dot.png' },
      audio: { mediaUrl: fileUrl('song.mp3') },
      location: { latitude: 52.5163, longitude: 13.3777, name: 'Gate' },
    };
    for (const [type, fields] of Object.entries(said)) {
      const sent = await call(
        'POST',
        `messages/${type}`,
        { key, body: { to: TO, ...fields } },
        202,
      );
      expect(sent.meta.instanceName).toBe('instances');
      const { messageId } = z
        .strictObject({
          messageId: z.string(),
          status: z.literal('queued'),
          to: z.literal(TO),
          timestamp: z.iso.datetime(),
        })
        .parse(sent.data);
      const message = await running().api.call('GET', `/v1/messages/${messageId}`);
      expect(shownIn(message)).toMatchObject({ type, sessionId: session.id });
    }
    const url = `${(await running().facts()).webhookInspectorUrl}/instances`;
    const hook = { webhookId: expect.any(String), url };
    const pinned = await call('POST', 'webhook', { key, body: { url } });
    const named = await call('POST', 'instances/instances/webhook', { body: { url } });
    for (const { data, meta } of [pinned, named]) {
      expect(data).toEqual(hook);
      expect(meta.instanceName).toBe('instances');
    }
    const { webhookId } = z.object({ webhookId: z.string() }).parse(named.data);
    await running().api.call('DELETE', `/v1/webhooks/${webhookId}`);
  });

  it('contacts are checked', async () => {
    const body = { instanceName: 'instances', numbers: [TO] };
    const { data, meta } = await call('POST', 'contacts/check', { body });
    expect(data).toMatchObject([{ id: TO, exists: true }]);
    expect(meta.instanceName).toBe('instances');
    const asked = { sessionId: session.id, numbers: [TO] };
    const ours = await running().api.call('POST', '/v1/contacts/check', { body: asked });
    expect(data).toEqual(listedIn(ours));
  });

  /** What both addresses say at a moment in which nothing is counted: messages of the tests before are still acknowledged. */
  const atRest = (path: string, alias: string): Promise<[theirs: unknown, ours: unknown]> =>
    until(`a moment in which ${path} stays as it is`, async () => {
      const read = async () => (await running().api.call('GET', path)).data(z.unknown());
      const before = await read();
      const { data } = await call('GET', alias);
      const after = await read();
      return isDeepStrictEqual(before, after) ? [data, after] : undefined;
    });

  it('usage and statistics are ours', async () => {
    const [usage, ours] = await atRest('/v1/usage', 'subscription/usage');
    expect(usage).toEqual(ours);
    const [stats, days] = await atRest('/v1/stats', 'stats');
    expect(stats).toEqual(days);
    expect(days).not.toEqual([]);
  });

  it('an instance restarts, and is connected again', async () => {
    const { data, meta } = await call('POST', 'instances/instances/restart');
    expect(meta.instanceName).toBe('instances');
    expect(Instance.parse(data)).toMatchObject({ id: session.id });
    await until(
      'the instance to be connected',
      async () => {
        const { data: now } = await call('GET', 'instances/instances/status');
        return Instance.parse(now).status === 'CONNECTED' ? now : undefined;
      },
      120_000,
    );
  });

  followsGuide(steps, 7, async () => {
    const { apiUrl, apiKey, webhookInspectorUrl } = await running().facts();
    return {
      URL: new URL(apiUrl).origin,
      KEY: apiKey,
      EMAIL: person.email,
      PASSWORD: person.password,
      FILE: fileUrl('dot.png'),
      HOOK: `${webhookInspectorUrl}/instances-guide`,
    };
  });
}
