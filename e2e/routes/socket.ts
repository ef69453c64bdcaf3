import { beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type Person, signUp } from '../testing/account.ts';
import { jsonIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import { reportCall } from '../testing/called.ts';
import { EDGE_LOG, readLogs } from '../testing/deployment-logs.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { HAS_LEFT, onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';

const TO = '15550100001@c.us';
const Session = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  phoneNumber: z.string().nullable(),
  lastActive: z.iso.datetime().nullable(),
});
const Frame = z.looseObject({ type: z.string() });
type Frame = z.infer<typeof Frame>;

const steps = await readGuide('migrate/sessions.md');

/** The routes of sessions and socket. */
export function socketRoutes(running: () => Deployment): void {
  covers(
    'GET /api/health',
    'GET /api/sessions',
    'POST /api/sessions',
    'GET /api/sessions/{id}/status',
    'DELETE /api/sessions/{id}',
    'POST /api/sessions/{id}/messages',
    'GET /api/sessions/{id}/messages',
    'GET /api/leads',
    'POST /api/leads',
    'GET /api/socket',
  );

  let session: { id: string; phoneNumber: string };
  let person: Person;
  beforeAll(async () => {
    session = await onlineSession(running(), 'socket');
    person = await signUp(running(), 'socket');
  });
  const call = (method: string, path: string, body?: unknown, headers = {}) =>
    running().api.call(method, path, { headers, ...(body === undefined ? {} : { body }) });

  const filesWith = (logs: ReadonlyMap<string, string>, text: string): string[] =>
    [...logs].filter(([, logged]) => logged.includes(text)).map(([name]) => name);

  /** A client of the socket, with a token of its person in the address. */
  async function connect(path: string, headers: Record<string, string> = {}) {
    const { apiUrl } = await running().facts();
    const socket = new WebSocket(new URL(path, apiUrl.replace(/^http/, 'ws')), { headers });
    const frames: Frame[] = [];
    socket.on('message', (data: Buffer) => frames.push(Frame.parse(JSON.parse(data.toString()))));
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    const next = (type: string, more: (frame: Frame) => boolean = () => true) =>
      until(
        `a frame ${type}`,
        async () => frames.find((frame) => frame.type === type && more(frame)),
        120_000,
      );
    return { next, say: (frame: object) => socket.send(JSON.stringify(frame)), socket };
  }

  it('health is ok', async () => {
    const answer = await running().api.call('GET', '/api/health', { key: null });
    expect(jsonIn(answer)).toEqual({ status: 'ok' });
  });

  it('a session is created, listed, shown and disconnected', async () => {
    const made = await call('POST', '/api/sessions', { name: 'socket-new', mode: 'sandbox' });
    const { id } = z.strictObject({ session: Session }).parse(jsonIn(made, 201)).session;
    const list = await call('GET', '/api/sessions');
    const { sessions } = z.strictObject({ sessions: z.array(Session) }).parse(jsonIn(list));
    expect(sessions).toContainEqual(expect.objectContaining({ id, status: 'connecting' }));
    expect(sessions).toContainEqual(
      expect.objectContaining({ id: session.id, status: 'connected' }),
    );
    const gone = await call('DELETE', `/api/sessions/${id}`);
    expect(jsonIn(gone)).toEqual({ message: `Session ${id} disconnected.` });
    const status = Session.parse(jsonIn(await call('GET', `/api/sessions/${id}/status`)));
    expect(status).toMatchObject({ id, name: 'socket-new' });
    await call('DELETE', `/v1/sessions/${id}`);
  });

  it('a message is sent and listed', async () => {
    const path = '/api/sessions/socket/messages';
    const body = { to: TO, message: 'Hello' };
    const sent = await call('POST', path, body, { prefer: 'wait=20' });
    const { message } = z
      .strictObject({
        message: z.strictObject({
          id: z.string(),
          to: z.literal(TO),
          status: z.enum(HAS_LEFT),
          timestamp: z.iso.datetime(),
        }),
      })
      .parse(jsonIn(sent));
    const listed = jsonIn(await call('GET', `${path}?limit=50`));
    expect(listed).toEqual({
      messages: expect.arrayContaining([
        {
          id: message.id,
          sessionId: session.id,
          direction: 'sent',
          from: null,
          to: TO,
          type: 'text',
          body: 'Hello',
          status: expect.any(String),
          timestamp: message.timestamp,
        },
      ]),
    });
  });

  it('a lead is added and listed', async () => {
    const made = await call('POST', '/api/leads', { phone: '+15550100020', name: 'Lea' });
    const { lead } = z
      .strictObject({
        lead: z.strictObject({
          id: z.string(),
          phone: z.literal('15550100020'),
          name: z.literal('Lea'),
          status: z.literal('new'),
          notes: z.null(),
          createdAt: z.iso.datetime(),
        }),
      })
      .parse(jsonIn(made, 201));
    expect(jsonIn(await call('GET', '/api/leads'))).toEqual({
      leads: expect.arrayContaining([lead]),
    });
    await call('DELETE', `/v1/leads/${lead.id}`);
  });

  it('a socket links a session, sends, receives and disconnects it', async () => {
    const { api, token } = person;
    const { next, say, socket } = await connect(`/?token=${token}`);
    say({ type: 'create_session', name: 'mine', mode: 'sandbox' });
    const { qr, sessionId } = await next('qr_code');
    expect(qr).toMatch(/^data:image\/png;base64,iVBOR/);
    const id = z.string().parse(sessionId);
    await api.call('POST', `/v1/sessions/${id}/sandbox/scan`, { body: {} });
    const { phoneNumber } = await next('session_ready', (frame) => frame['phoneNumber'] !== null);
    expect(phoneNumber).toMatch(/^\d+$/);
    const connected = (frame: Frame) => frame['status'] === 'connected';
    expect(await next('status_update', connected)).toEqual({
      type: 'status_update',
      sessionId: id,
      status: 'connected',
    });
    say({ type: 'send_message', sessionId: id, to: TO, message: 'By socket' });
    await until('the message', async () =>
      (await api.call('GET', `/v1/messages?sessionId=${id}`)).text.includes('By socket')
        ? true
        : undefined,
    );
    const body = { from: '+15550100002', text: 'Hi there' };
    await api.call('POST', `/v1/sessions/${id}/sandbox/messages`, { body });
    const hi = (frame: Frame) => Object(frame['message']).body === 'Hi there';
    expect(await next('message_received', hi)).toEqual({
      type: 'message_received',
      sessionId: id,
      message: {
        id: expect.any(String),
        from: '15550100002@c.us',
        name: expect.any(String),
        to: '15550100002@c.us',
        type: 'text',
        body: 'Hi there',
        timestamp: expect.any(String),
      },
    });
    say({ type: 'disconnect_session', sessionId: id });
    await next('status_update', (frame) => frame['status'] === 'disconnected');
    say({ type: 'disconnect_session', sessionId: 'nobody' });
    expect(await next('error')).toMatchObject({ code: 'SESSION_NOT_FOUND' });
    socket.close();
    const logs = await readLogs(running());
    expect(logs.get(EDGE_LOG)).toMatch(/"route":"\/api\/socket".*"status":101/);
    expect(filesWith(logs, token)).toEqual([]);
    expect(shownIn(await api.call('GET', `/v1/sessions/${id}`))).toMatchObject({ name: 'mine' });
  });

  it('no token of an address is in the log, be it refused', async () => {
    const { apiKey } = await running().facts();
    const wrong = `${person.token.slice(0, -6)}AAAAAA`;
    for (const token of [wrong, apiKey])
      await expect(connect(`/?token=${token}`)).rejects.toThrow('401');
    const logs = await readLogs(running());
    expect(logs.get(EDGE_LOG)?.match(/"route":"\/api\/socket".*"status":401/g)).toHaveLength(2);
    for (const token of [wrong, apiKey]) expect(filesWith(logs, token)).toEqual([]);
  });

  it('a socket opens at its own address as well', async () => {
    const authorization = `Bearer ${person.token}`;
    const { socket } = await connect('/api/socket', { authorization });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    reportCall({ method: 'GET', path: '/api/socket', status: 101 });
    socket.close();
  });

  followsGuide(steps, 6, async () => {
    const { apiUrl, apiKey } = await running().facts();
    return { URL: new URL(apiUrl).origin, KEY: apiKey };
  });

  it('the session of the guide’s socket is there', async () => {
    const one = shownIn(await call('GET', '/v1/sessions/socket-guide'));
    expect(one).toMatchObject({ mode: 'sandbox' });
    await call('DELETE', '/v1/sessions/socket-guide');
  });
}
