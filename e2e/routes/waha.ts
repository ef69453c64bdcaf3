import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { jsonIn } from '../testing/answers.ts';
import { covers, coversRefusal } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';

const CHAT = '15550100001@c.us';
const API = '/compat/waha/api';

const Message = z.looseObject({
  id: z.string().regex(/^true_[^_]+_[0-9A-Z]+$/),
  to: z.string(),
  ack: z.number().int().min(0),
  _data: z.looseObject({ id: z.looseObject({ _serialized: z.string() }) }),
});
const Session = z.looseObject({ name: z.string(), status: z.string(), config: z.looseObject({}) });

const steps = await readGuide('migrate/waha.md');

/** The routes of WAHA. */
export function wahaRoutes(running: () => Deployment, fileUrl: (name: string) => string): void {
  covers(
    'GET /compat/waha/ping',
    'GET /compat/waha/health',
    'GET /compat/waha/api/server/version',
    'GET /compat/waha/api/version',
    'GET /compat/waha/api/sessions',
    'POST /compat/waha/api/sessions',
    'GET /compat/waha/api/sessions/{session}',
    'PUT /compat/waha/api/sessions/{session}',
    'DELETE /compat/waha/api/sessions/{session}',
    'GET /compat/waha/api/sessions/{session}/me',
    'POST /compat/waha/api/sessions/{session}/start',
    'POST /compat/waha/api/sessions/{session}/stop',
    'POST /compat/waha/api/sessions/{session}/restart',
    'POST /compat/waha/api/sessions/{session}/logout',
    'POST /compat/waha/api/sessions/start',
    'POST /compat/waha/api/sessions/stop',
    'POST /compat/waha/api/sessions/logout',
    'GET /compat/waha/api/{session}/auth/qr',
    'POST /compat/waha/api/{session}/auth/request-code',
    'GET /compat/waha/api/screenshot',
    'POST /compat/waha/api/sendText',
    'POST /compat/waha/api/reply',
    'POST /compat/waha/api/sendLinkPreview',
    'POST /compat/waha/api/sendImage',
    'POST /compat/waha/api/sendFile',
    'POST /compat/waha/api/sendVoice',
    'POST /compat/waha/api/sendVideo',
    'POST /compat/waha/api/sendPoll',
    'POST /compat/waha/api/sendLocation',
    'POST /compat/waha/api/sendContactVcard',
    'POST /compat/waha/api/forwardMessage',
    'POST /compat/waha/api/sendSeen',
    'POST /compat/waha/api/startTyping',
    'POST /compat/waha/api/stopTyping',
    'PUT /compat/waha/api/reaction',
    'PUT /compat/waha/api/star',
    'GET /compat/waha/api/contacts/check-exists',
    'GET /compat/waha/api/checkNumberStatus',
    'PUT /compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
    'DELETE /compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
  );
  coversRefusal(
    'POST /compat/waha/api/sendList',
    'POST /compat/waha/api/sendButtons',
    'POST /compat/waha/api/sendPollVote',
    'POST /compat/waha/api/send/buttons/reply',
    'POST /compat/waha/api/send/link-custom-preview',
  );

  /** As WAHA's clients call it: with the key in its own header. */
  async function call(method: string, path: string, body?: unknown, status = 200) {
    const { apiKey } = await running().facts();
    const answer = await running().api.call(method, `${API}${path}`, {
      key: null,
      headers: { 'x-api-key': apiKey },
      ...(body === undefined ? {} : { body }),
    });
    return jsonIn(answer, status);
  }
  const post = (path: string, body?: unknown) => call('POST', path, body, 201);
  const send = async (path: string, said: Record<string, unknown>) =>
    Message.parse(await post(path, { session: 'waha', chatId: CHAT, ...said }));
  const inState = (name: string, status: string) =>
    until(`${name} to be ${status}`, async () => {
      const shown = Session.parse(await call('GET', `/sessions/${name}`));
      return shown.status === status ? shown : undefined;
    });

  let session: { id: string; phoneNumber: string };
  beforeAll(async () => {
    session = await onlineSession(running(), 'waha');
  });

  it('answers to a ping, and says its version', async () => {
    const ping = await running().api.call('GET', '/compat/waha/ping', { key: null });
    expect(jsonIn(ping)).toEqual({ message: 'pong' });
    const health = await running().api.call('GET', '/compat/waha/health', { key: null });
    expect(jsonIn(health)).toMatchObject({ status: 'ok' });
    for (const path of ['/server/version', '/version'])
      expect(await call('GET', path)).toMatchObject({ engine: 'WEBJS' });
  });

  it('a session is created, shows its code in three forms, and is gone', async () => {
    const config = { metadata: { 'user.id': '123' } };
    const body = { name: 'waha-new', mode: 'sandbox', config };
    expect(Session.parse(await post('/sessions', body))).toMatchObject({
      name: 'waha-new',
      config,
    });
    const { apiUrl, apiKey } = await running().facts();
    const path = `${API}/waha-new/auth/qr`;
    await inState('waha-new', 'SCAN_QR_CODE');
    const picture = await fetch(new URL(path, apiUrl), { headers: { 'x-api-key': apiKey } });
    expect(picture.headers.get('content-type')).toBe('image/png');
    await picture.arrayBuffer();
    const json = await running().api.call('GET', path, { headers: { accept: 'application/json' } });
    expect(jsonIn(json)).toEqual({
      mimetype: 'image/png',
      data: expect.stringMatching(/^iVBOR/),
    });
    expect(await call('GET', '/waha-new/auth/qr?format=raw')).toEqual({
      value: expect.any(String),
    });
    const asked = { phoneNumber: '15550100777' };
    expect(await post('/waha-new/auth/request-code', asked)).toEqual({
      code: expect.stringMatching(/^\w{4}-\w{4}$/),
    });
    const other = { metadata: { 'user.id': '456' } };
    const changed = await call('PUT', '/sessions/waha-new', { config: other });
    expect(changed).toMatchObject({ config: other });
    await post('/sessions/waha-new/logout');
    expect(await call('DELETE', '/sessions/waha-new')).toEqual({});
  });

  it('a session is started and stopped by WAHA’s earlier calls', async () => {
    await post('/sessions/start', { name: 'waha-former', mode: 'sandbox' });
    await inState('waha-former', 'SCAN_QR_CODE');
    await post('/sessions/stop', { name: 'waha-former' });
    await inState('waha-former', 'STOPPED');
    expect(await post('/sessions/logout', { name: 'waha-former' })).toEqual({});
    await call('DELETE', '/sessions/waha-former');
  });

  it('a session is listed, shown, stopped, started and restarted', async () => {
    const me = expect.objectContaining({ id: `${session.phoneNumber}@c.us` });
    expect(await call('GET', '/sessions/waha')).toMatchObject({ status: 'WORKING', me });
    expect(await call('GET', '/sessions/waha/me')).toEqual(me);
    await post('/sessions/waha/stop');
    await inState('waha', 'STOPPED');
    const listed = async (query: string) =>
      z
        .array(Session)
        .parse(await call('GET', `/sessions${query}`))
        .map(({ name }) => name);
    expect(await listed('')).not.toContain('waha');
    expect(await listed('?all=true')).toContain('waha');
    await post('/sessions/waha/start');
    await inState('waha', 'WORKING');
    await post('/sessions/waha/restart');
    await inState('waha', 'WORKING');
    const { apiUrl, apiKey } = await running().facts();
    const picture = await until('a picture of the page', async () => {
      const headers = { 'x-api-key': apiKey };
      const answer = await fetch(new URL(`${API}/screenshot?session=waha`, apiUrl), { headers });
      const type = answer.headers.get('content-type');
      await answer.arrayBuffer();
      return answer.status === 200 ? type : undefined;
    });
    expect(picture).toBe('image/png');
    const json = await running().api.call('GET', `${API}/screenshot?session=waha`, {
      headers: { accept: 'application/json' },
    });
    expect(jsonIn(json)).toMatchObject({ mimetype: 'image/png' });
  });

  it.each<[string, string, () => Record<string, unknown>]>([
    ['sendText', 'text', () => ({ text: 'Hello' })],
    ['sendLinkPreview', 'text', () => ({ title: 'Our shop', url: 'https://example.com' })],
    ['sendImage', 'image', () => ({ file: { url: fileUrl('dot.png') }, caption: 'Look' })],
    ['sendFile', 'document', () => ({ file: { url: fileUrl('dot.png'), filename: 'dot.png' } })],
    ['sendVoice', 'voice', () => ({ file: { data: EXAMPLE_FILES.speech } })],
    ['sendPoll', 'poll', () => ({ poll: { name: 'Lunch?', options: ['Pizza', 'Salad'] } })],
    ['sendLocation', 'location', () => ({ latitude: 52.5, longitude: 13.4, title: 'Gate' })],
    [
      'sendContactVcard',
      'contact',
      () => ({ contacts: [{ fullName: 'Ada', phoneNumber: '15550100002' }] }),
    ],
  ])('%s sends a %s', async (path, type, said) => {
    const { id, ack } = await send(`/${path}`, said());
    expect(ack).toBeGreaterThanOrEqual(1);
    const [, chatId, wireId] = id.split('_');
    expect(chatId).toBe(CHAT);
    const list = await running().api.call('GET', `/v1/messages?sessionId=waha&type=${type}`);
    expect(list.data(z.array(z.looseObject({ wireId: z.string().nullable() })))).toContainEqual(
      expect.objectContaining({ wireId, sessionId: session.id }),
    );
  });

  it('a video is sent, as far as the browser can', async () => {
    const body = { session: 'waha', chatId: CHAT, file: { data: EXAMPLE_FILES.clip } };
    const { apiKey } = await running().facts();
    const answer = await running().api.call('POST', `${API}/sendVideo`, {
      key: null,
      headers: { 'x-api-key': apiKey, prefer: 'respond-async' },
      body,
    });
    expect(Message.parse(jsonIn(answer, 201)).to).toBe(CHAT);
  });

  it('a message is forwarded, reacted to, starred, edited and deleted', async () => {
    const { id: messageId } = await send('/sendText', { text: 'First' });
    const quoted = await send('/reply', { text: 'Second', reply_to: messageId });
    expect(quoted.id).not.toBe(messageId);
    const body = { session: 'waha', chatId: '15550100002@c.us', messageId };
    expect(await post('/forwardMessage', body)).toMatchObject({ to: '15550100002@c.us' });
    const named = { session: 'waha', chatId: CHAT, messageId };
    const reacted = await call('PUT', '/reaction', { ...named, reaction: '👍' });
    expect(reacted).toMatchObject({ id: messageId });
    await call('PUT', '/star', { ...named, star: true });
    const path = `/waha/chats/${CHAT}/messages/${messageId}`;
    expect(await call('PUT', path, { text: 'Changed' })).toMatchObject({ body: 'Changed' });
    expect(await call('DELETE', path)).toEqual({});
    const list = await running().api.call('GET', '/v1/messages?sessionId=waha&type=text&limit=10');
    const shown = list
      .data(z.array(z.looseObject({ wireId: z.string().nullable() })))
      .find(({ wireId }) => wireId === messageId.split('_')[2]);
    expect(shown).toMatchObject({ starred: true, revokedAt: expect.any(String) });
  });

  it('a chat is marked as read, shows “typing…”, and a number is checked', async () => {
    const body = { session: 'waha', chatId: CHAT };
    for (const path of ['sendSeen', 'startTyping', 'stopTyping'])
      expect(await post(`/${path}`, body)).toEqual({});
    for (const path of ['/contacts/check-exists', '/checkNumberStatus']) {
      const checked = await call('GET', `${path}?phone=15550100001&session=waha`);
      expect(checked).toEqual({ numberExists: true, chatId: CHAT });
    }
  });

  it('what the engine cannot do is refused with the reason', async () => {
    for (const path of [
      'sendList',
      'sendButtons',
      'sendPollVote',
      'send/buttons/reply',
      'send/link-custom-preview',
    ])
      expect(await call('POST', `/${path}`, { session: 'waha' }, 501)).toMatchObject({
        statusCode: 501,
        code: 'NOT_SUPPORTED',
      });
  });

  followsGuide(steps, 5, async () => {
    const { apiUrl, apiKey } = await running().facts();
    return { URL: new URL(apiUrl).origin, KEY: apiKey };
  });
}
