import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { type FileServer, startFileServer } from './testing/file-server.ts';
import { MessageView, sendText, settled } from './testing/session.ts';

type Case = {
  what: string;
  path?: string;
  method?: string;
  body?: unknown;
  rawBody?: string;
  headers?: Record<string, string>;
  key?: string | null;
  status: number;
  code: string;
};

const TEXT = '/v1/messages/text';
const IMAGE = '/v1/messages/image';
const TO = '+15550100001';

const CASES: Case[] = [
  {
    what: 'an unknown session',
    body: { sessionId: 'nobody', to: TO, text: 'x' },
    status: 404,
    code: 'SESSION_NOT_FOUND',
  },
  { what: 'malformed JSON', rawBody: '{"to":', status: 400, code: 'MALFORMED_JSON' },
  {
    what: 'a wrong content type',
    rawBody: 'to=1',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { what: 'no key', key: null, body: { to: TO, text: 'x' }, status: 401, code: 'UNAUTHORIZED' },
  {
    what: 'a garbled key',
    key: 'wp_live_nonsense',
    body: { to: TO, text: 'x' },
    status: 401,
    code: 'UNAUTHORIZED',
  },
  { what: 'an empty text', body: { to: TO, text: '' }, status: 422, code: 'VALIDATION_ERROR' },
  {
    what: 'a text over 65,536 characters',
    body: { to: TO, text: 'x'.repeat(65_537) },
    status: 422,
    code: 'VALIDATION_ERROR',
  },
  {
    what: 'a recipient that is none',
    body: { to: 'somebody', text: 'x' },
    status: 422,
    code: 'VALIDATION_ERROR',
  },
  {
    what: 'an image on a private address',
    path: IMAGE,
    body: { to: TO, url: 'http://10.0.0.1/a.png' },
    status: 422,
    code: 'MEDIA_REJECTED',
  },
  {
    what: 'an image on loopback in hex',
    path: IMAGE,
    body: { to: TO, url: 'http://0x7f000001/a.png' },
    status: 422,
    code: 'MEDIA_REJECTED',
  },
  {
    what: 'an image from a cloud metadata service',
    path: IMAGE,
    body: { to: TO, url: 'http://169.254.169.254/latest' },
    status: 422,
    code: 'MEDIA_REJECTED',
  },
  {
    what: 'a route that is none',
    path: '/v1/nothing',
    method: 'GET',
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    what: 'a message that is none',
    path: '/v1/messages/msg_0',
    method: 'GET',
    status: 404,
    code: 'NOT_FOUND',
  },
];

describe('bad input', () => {
  let deployment: Deployment;
  let files: FileServer;
  beforeAll(async () => {
    files = await startFileServer();
    deployment = await startDeployment({ environment: { EGRESS_ALLOW: files.host } });
  });
  afterAll(async () => {
    await deployment.dispose();
    await files.close();
  });

  it.each(CASES)(
    '$what: $status $code',
    async ({ path = TEXT, method = 'POST', status, code, ...options }) => {
      const answer = await deployment.api.call(method, path, options);
      expect(answer.status, answer.text).toBe(status);
      expect(answer.error().code).toBe(code);
      expect(answer.text).not.toMatch(/\bat .*\.(?:ts|js):\d+/);
    },
  );

  it('a session that is not online: 409 SESSION_NOT_READY, and no row', async () => {
    const { api } = deployment;
    const created = await api.call('POST', '/v1/sessions', {
      body: { name: 'not-online', mode: 'sandbox' },
    });
    expect(created.status).toBe(201);
    const answer = await api.call('POST', TEXT, {
      body: { sessionId: 'not-online', to: TO, text: 'x' },
    });
    expect(answer.status).toBe(409);
    expect(answer.error().code).toBe('SESSION_NOT_READY');
    const queued = await api.call('GET', '/v1/messages?sessionId=not-online');
    expect(queued.data(z.array(z.unknown()))).toEqual([]);
    await api.call('DELETE', '/v1/sessions/not-online');
  });

  it('a number that is not on WhatsApp: a typed error with wait, a failed message without', async () => {
    const { api } = deployment;
    const { sessionId } = await deployment.facts();
    const waited = await api.call('POST', TEXT, {
      body: { to: '+19995550001', text: 'anybody there?' },
      headers: { prefer: 'wait=20' },
    });
    expect(waited.status).toBe(422);
    expect(waited.error().code).toBe('RECIPIENT_NOT_ON_WHATSAPP');
    const accepted = await sendText(deployment, {
      sessionId,
      to: '+19995550002',
      text: 'anybody?',
    });
    expect(accepted.httpStatus).toBe(202);
    const end = await settled(deployment, accepted.message.id);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'RECIPIENT_NOT_ON_WHATSAPP' } });
  });

  it.each(['missing.png', 'page.png', 'huge.png'])(
    'an image URL to %s: MEDIA_REJECTED',
    async (file) => {
      const { api } = deployment;
      const answer = await api.call('POST', IMAGE, { body: { to: TO, url: files.url(file) } });
      expect(answer.status, answer.text).toBe(422);
      expect(answer.error().code).toBe('MEDIA_REJECTED');
    },
  );

  it('an image by URL goes out', async () => {
    const { api } = deployment;
    const answer = await api.call('POST', IMAGE, {
      body: { to: TO, url: files.url('dot.png'), caption: 'a red dot' },
      headers: { prefer: 'wait=20' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.data(MessageView).wireId).toMatch(/^3EB0/);
  });
});
