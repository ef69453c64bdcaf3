import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { covers } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { isAbout } from './testing/inspector-client.ts';
import { RED_DOT_BASE64 } from './testing/file-server.ts';
import { processesUnder } from './testing/processes.ts';
import { HAS_LEFT, settled } from './testing/session.ts';
import { until } from './testing/until.ts';

const run = promisify(execFile);
const Message = z.object({ id: z.string(), status: z.string(), sessionId: z.string() });
const Session = z.object({
  id: z.string(),
  status: z.string(),
  phoneNumber: z.string().nullable(),
  runner: z.object({ id: z.string(), epoch: z.number() }).nullable(),
});
const Endpoint = z.object({ id: z.string(), secret: z.string() });

describe('the first steps of a new user', () => {
  covers(
    'POST /v1/sessions',
    'GET /v1/sessions/{id}',
    'GET /v1/sessions/{id}/qr',
    'DELETE /v1/sessions/{id}',
    'POST /v1/messages/{id}/reply',
  );
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

  it('prints a ready block whose curl line works when pasted', async () => {
    const line = deployment.output().match(/^\s*(curl .*)$/m)?.[1] ?? '';
    const { stdout } = await run('sh', ['-c', line]);
    const answer = z.object({ success: z.literal(true), data: Message }).parse(JSON.parse(stdout));
    expect(['sent', 'delivered', 'read']).toContain(answer.data.status);
    const read = await deployment.inspector.waitFor(
      'sandbox',
      'message.read of the pasted message',
      (received) => received.event.type === 'message.read' && isAbout(answer.data.id)(received),
    );
    const types = (await deployment.inspector.all('sandbox'))
      .filter(isAbout(answer.data.id))
      .map(({ event }) => event.type);
    expect(new Set(types)).toEqual(new Set(['message.sent', 'message.delivered', 'message.read']));
    expect(read.status).toBe(200);
  });

  it('writes the same facts to local.json, for its owner only', async () => {
    const facts = await deployment.facts();
    expect(deployment.output()).toContain(facts.apiKey);
    expect(deployment.output()).toContain(facts.sessionId);
    expect(facts.runners.map(({ id }) => id)).toEqual(['runner-1']);
  });

  it('leaves nothing that another account of the machine can read', async () => {
    const { directory } = deployment;
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const open = await Promise.all(
      entries
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          const { mode } = await stat(path).catch(() => ({ mode: 0 })); // browsers remove files of theirs
          return (mode & 0o077) === 0 ? [] : [path.slice(directory.length + 1)];
        }),
    );
    // PostgreSQL's account passes through `data` when we are root; nobody can list or read it.
    expect(open.flat()).toEqual(['data']);
    expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o711);
  });

  it('prints links that open inspector and outbox in a browser; without them both refuse', async () => {
    const links = Array.from(
      deployment.output().matchAll(/(http:\S+\?secret=\S+)/g),
      ([link]) => link,
    );
    expect(links).toHaveLength(2);
    for (const link of links) {
      const entered = await fetch(link, { redirect: 'manual' });
      const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';');
      const page = new URL(entered.headers.get('location') ?? '', link);
      expect((await fetch(page, { headers: { cookie } })).status).toBe(200);
      expect((await fetch(page)).status).toBe(401);
    }
  });

  it('serves the pages to a browser that navigates', async () => {
    const navigation = {
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const docs = await deployment.api.call('GET', '/docs', { key: null, headers: navigation });
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-type')).toContain('text/html');
    const health = await deployment.api.call('GET', '/health', { key: null, headers: navigation });
    expect(health.data(z.object({ status: z.string() })).status).toBe('ok');
    const ready = await deployment.api.call('GET', '/ready', { key: null });
    expect(ready.status).toBe(200);
  });

  it('pairs a new sandbox session by QR code in four formats', async () => {
    const { api } = deployment;
    const created = (
      await api.call('POST', '/v1/sessions', { body: { name: 'second', mode: 'sandbox' } })
    ).data(Session);
    const json = (await api.call('GET', `/v1/sessions/${created.id}/qr`)).data(
      z.object({ qr: z.string(), dataUrl: z.string(), expiresAt: z.iso.datetime() }),
    );
    expect(json.qr.split(',')).toHaveLength(5);
    expect(json.dataUrl).toMatch(/^data:image\/png;base64,/);
    for (const [format, type] of [
      ['png', 'image/png'],
      ['svg', 'image/svg+xml'],
      ['text', 'text/plain'],
    ] as const) {
      const answer = await api.call('GET', `/v1/sessions/${created.id}/qr?format=${format}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain(type);
    }
    expect(
      (await api.call('POST', `/v1/sessions/${created.id}/sandbox/scan`, { body: {} })).status,
    ).toBe(200);
    const online = await until('the second session to be online', async () => {
      const session = (await api.call('GET', '/v1/sessions/second')).data(Session);
      return session.status === 'online' ? session : undefined;
    });
    expect(online.phoneNumber).toMatch(/^\d+$/);
    const { runners } = await deployment.facts();
    expect(runners.map(({ id }) => id)).toContain(online.runner?.id);
    expect((await api.call('DELETE', `/v1/sessions/${created.id}`)).status).toBe(200);
    expect((await api.call('GET', `/v1/sessions/${created.id}`)).error().code).toBe(
      'SESSION_NOT_FOUND',
    );
  });

  it('receives text and media with signed webhooks, and replies with a quote', async () => {
    const { api, inspector } = deployment;
    const { sessionId } = await deployment.facts();
    const endpoint = (
      await api.call('POST', '/v1/webhooks', {
        body: { url: inspector.url('inbound'), eventTypes: ['message.received'] },
      })
    ).data(Endpoint);
    await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, {
      body: { from: '+15550100001', text: 'Hi from Alice' },
    });
    const text = await inspector.waitFor(
      'inbound',
      'the text',
      ({ event }) => event.type === 'message.received' && event.data.text === 'Hi from Alice',
    );
    expect(() => new Webhook(endpoint.secret).verify(text.body, text.headers)).not.toThrow();

    await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, {
      body: {
        from: '+15550100001',
        type: 'image',
        text: 'a red dot',
        media: { base64: RED_DOT_BASE64, mimetype: 'image/png', filename: 'dot.png' },
      },
    });
    const image = await inspector.waitFor(
      'inbound',
      'the image',
      ({ event }) => event.type === 'message.received' && event.data.type === 'image',
    );
    expect(image.event.data).toMatchObject({
      media: { mimetype: 'image/png', sizeBytes: 85 },
    });

    const { messageId } = z.object({ messageId: z.string() }).parse(text.event.data);
    const reply = await api.call('POST', `/v1/messages/${messageId}/reply`, {
      body: { text: 'Hello Alice' },
      headers: { prefer: 'wait=15' },
    });
    expect(reply.status).toBe(200);
    await api.call('DELETE', `/v1/webhooks/${endpoint.id}`);
  });

  it('shows a message as its send answered it, and takes a reply to it', async () => {
    const { api } = deployment;
    const headers = { prefer: 'wait=15' };
    for (let round = 0; round < 10; round += 1) {
      const body = { to: '+15550100002', text: `round ${round}` };
      const answer = await api.call('POST', '/v1/messages/text', { body, headers });
      expect(answer.status).toBe(200);
      const { id } = answer.data(Message);
      const reply = await api.call('POST', `/v1/messages/${id}/reply`, { body: { text: 'And' } });
      expect(reply.status).toBe(202);
      const { status } = (await api.call('GET', `/v1/messages/${id}`)).data(Message);
      expect(HAS_LEFT).toContain(status);
    }
  });

  it('loses nothing when the process of the small services is killed with -9', async () => {
    const { api } = deployment;
    const pids = async () => new Set((await deployment.facts()).services.map(({ pid }) => pid));
    const pid = (await deployment.facts()).services.find(({ name }) => name === 'neon')?.pid ?? 0;
    const accepted = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        (
          await api.call('POST', '/v1/messages/text', {
            body: { to: '+15550100002', text: `accepted before the kill ${index}` },
          })
        ).data(Message),
      ),
    );
    process.kill(pid, 'SIGKILL');
    await until('the services to run again', async () =>
      (await pids()).has(pid) ? undefined : true,
    );
    for (const { id } of accepted) {
      const sent = await settled(deployment, id);
      expect(HAS_LEFT).toContain(sent.status);
      await deployment.inspector.waitFor(
        'sandbox',
        `message.read of ${id}`,
        (received) => received.event.type === 'message.read' && isAbout(id)(received),
      );
    }
  });

  it('stops with nothing left behind, and has everything when it starts again', async () => {
    const before = await deployment.facts();
    const sent = (
      await deployment.api.call('POST', '/v1/messages/text', {
        body: { to: '+15550100002', text: 'before the stop' },
        headers: { prefer: 'wait=15' },
      })
    ).data(Message);
    await deployment.stop();
    expect(await processesUnder(deployment.directory)).toEqual([]);

    deployment = await startDeployment({ directory: deployment.directory });
    const after = await deployment.facts();
    expect(after).toMatchObject({
      apiUrl: before.apiUrl,
      apiKey: before.apiKey,
      sessionId: before.sessionId,
    });
    // A later start without a terminal is a system's journal, where others may read.
    expect(deployment.output()).not.toContain(before.apiKey);
    expect(deployment.output()).not.toContain(before.visitorSecret);
    const message = (await deployment.api.call('GET', `/v1/messages/${sent.id}`)).data(Message);
    expect(message.id).toBe(sent.id);
    const again = await deployment.api.call('POST', '/v1/messages/text', {
      body: { to: '+15550100002', text: 'after the start, with no new QR code' },
      headers: { prefer: 'wait=15' },
    });
    expect(again.status).toBe(200);
  });
});
