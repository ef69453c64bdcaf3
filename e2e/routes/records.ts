import { expect, it } from 'vitest';
import { z } from 'zod';
import { idIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { RED_DOT_BASE64 } from '../testing/file-server.ts';
import type { Received } from '../testing/inspector-client.ts';
import { until } from '../testing/until.ts';

/** Between a link and its arrival at the receiver. */
const LATENCY_MS = 60_000;

const FileIn = z.object({
  status: z.literal('ready'),
  link: z.object({ url: z.url(), expiresAt: z.iso.datetime() }),
});
/** The file that a request brings, once it can be read. */
const fileIn = ({ event: { data } }: Received): unknown =>
  'media' in data && FileIn.safeParse(data.media).success ? data.media : null;

/** What Waypost keeps itself. */
export function recordRoutes(running: () => Deployment): void {
  covers(
    'POST /v1/leads',
    'GET /v1/leads',
    'GET /v1/leads/{id}',
    'PATCH /v1/leads/{id}',
    'DELETE /v1/leads/{id}',
    'POST /v1/opt-outs',
    'GET /v1/opt-outs',
    'DELETE /v1/opt-outs/{id}',
    'POST /v1/erasures',
    'GET /v1/erasures',
    'GET /v1/erasures/{id}',
    'POST /v1/media',
    'POST /v1/media/uploads',
    'POST /v1/media/uploads/{id}/complete',
    'GET /v1/media',
    'GET /v1/media/{id}',
    'GET /v1/media/{id}/link',
    'DELETE /v1/media/{id}',
    'GET /v1/audit',
    'GET /v1/audit/export',
    'GET /v1/messages/export',
    'GET /v1/stats',
    'GET /v1/usage',
  );

  const call = (method: string, path: string, body?: unknown) =>
    running().api.call(method, `/v1${path}`, body === undefined ? {} : { body });

  it('a lead is added, found by its status, changed and deleted', async () => {
    const id = idIn(await call('POST', '/leads', { person: '+15550107001', name: 'Ada' }));
    await call('PATCH', `/leads/${id}`, { status: 'contacted', notes: 'Wants an offer.' });
    expect(shownIn(await call('GET', `/leads/${id}`))).toMatchObject({
      person: { id: '15550107001@c.us' },
      name: 'Ada',
      status: 'contacted',
    });
    expect(listedIn(await call('GET', '/leads?status=contacted'))).toMatchObject([{ id }]);
    expect(shownIn(await call('DELETE', `/leads/${id}`))).toMatchObject({ deleted: true });
    expect((await call('GET', `/leads/${id}`)).error().code).toBe('NOT_FOUND');
  });

  it('who has opted out is sent nothing until the entry is deleted', async () => {
    const send = () => call('POST', '/messages/text', { to: '+15550107002', text: 'An offer' });
    const id = idIn(await call('POST', '/opt-outs', { person: '+15550107002' }));
    expect(listedIn(await call('GET', '/opt-outs'))).toMatchObject([{ id }]);
    expect((await send()).error().code).toBe('RECIPIENT_OPTED_OUT');
    await call('DELETE', `/opt-outs/${id}`);
    expect((await send()).status).toBe(202);
  });

  it('somebody is erased, and the record of it stays', async () => {
    const contact = '+15550107006';
    const lead = idIn(await call('POST', '/leads', { person: contact, name: 'Ada' }));
    const message = idIn(await call('POST', '/messages/text', { to: contact, text: 'An offer' }));
    const id = idIn(await call('POST', '/erasures', { contact }));
    await until('it is done', async () => {
      const { status } = shownIn(await call('GET', `/erasures/${id}`));
      return status === 'done' || undefined;
    });
    expect((await call('GET', `/leads/${lead}`)).error().code).toBe('NOT_FOUND');
    expect(shownIn(await call('GET', `/messages/${message}`))).toMatchObject({
      chatId: 'erased',
      content: {},
    });
    expect(listedIn(await call('GET', '/erasures?contact=%2B15550107006'))).toMatchObject([
      { id, counts: { leads: 1, messages: 1 } },
    ]);
  });

  it('a file is uploaded, listed, read, linked and deleted', async () => {
    const uploaded = await running().api.call('POST', '/v1/media?filename=Plan.pdf', {
      rawBody: '%PDF-1.7',
      headers: { 'content-type': 'application/pdf' },
    });
    const id = idIn(uploaded);
    const path = `/v1/media/${id}`;
    const read = await running().api.call('GET', path);
    expect(read.text).toBe('%PDF-1.7');
    expect(read.headers.get('content-disposition')).toContain('Plan.pdf');
    expect(listedIn(await call('GET', '/media?direction=outbound'))).toContainEqual(
      expect.objectContaining({ id, filename: 'Plan.pdf' }),
    );
    const { url } = z
      .object({ url: z.string() })
      .parse(shownIn(await call('GET', `/media/${id}/link`)));
    const linked = await fetch(url, { headers: { range: 'bytes=0-3' } });
    expect([linked.status, await linked.text()]).toEqual([206, '%PDF']);
    const { status, headers } = await fetch(url, { method: 'HEAD' });
    expect([status, headers.get('content-length')]).toEqual([200, '8']);
    expect(shownIn(await running().api.call('DELETE', path))).toMatchObject({ deleted: true });
    expect((await running().api.call('GET', path)).error().code).toBe('NOT_FOUND');
  });

  it('a received file is linked in each attempt to deliver its event, for a day at least', async () => {
    const { api, inspector, facts } = running();
    const { sessionId } = await facts();
    const box = 'received-file';
    await inspector.behave(box, { status: 503 });
    const wanted = { eventTypes: ['message.received', 'message.media'], sessionIds: [sessionId] };
    const retryDelays = Array.from({ length: 10 }, () => 2);
    const body = { url: inspector.url(box), ...wanted, retryDelays };
    const endpoint = idIn(await api.call('POST', '/v1/webhooks', { body }));
    await call('POST', `/sessions/${sessionId}/sandbox/messages`, {
      from: '+15550107007',
      type: 'image',
      media: { base64: RED_DOT_BASE64, mimetype: 'image/png', filename: 'dot.png' },
    });
    const refused = await inspector.waitFor(box, 'the file', (one) => fileIn(one) !== null);
    await inspector.behave(box, {});
    const taken = await inspector.waitFor(
      box,
      'it again',
      ({ status, event }) => status === 200 && event.id === refused.event.id,
      { after: refused.id },
    );
    for (const attempt of [refused, taken]) {
      const { url, expiresAt } = FileIn.parse(fileIn(attempt)).link;
      const worksForMs = Date.parse(expiresAt) - Date.parse(attempt.receivedAt);
      expect(worksForMs).toBeGreaterThan(86_400_000 - LATENCY_MS);
      const whole = await fetch(url);
      expect(Buffer.from(await whole.arrayBuffer()).toString('base64')).toBe(RED_DOT_BASE64);
      expect(whole.headers.get('content-disposition')).toMatch(/^attachment/);
      const part = await fetch(url, { headers: { range: 'bytes=1-3' } });
      expect([part.status, await part.text()]).toEqual([206, 'PNG']);
    }
    await api.call('DELETE', `/v1/webhooks/${endpoint}`);
  });

  it('a large file goes to the storage, and is kept once it is completed', async () => {
    const file = '%PDF-1.7 large';
    const begun = await call('POST', '/media/uploads', { sizeBytes: file.length });
    const { id, uploadUrl } = z
      .object({ id: z.string(), uploadUrl: z.string() })
      .parse(shownIn(begun));
    expect((await fetch(uploadUrl, { method: 'PUT', body: file })).status).toBe(200);
    expect(idIn(await call('POST', `/media/uploads/${id}/complete`))).toBe(id);
    expect((await call('GET', `/media/${id}`)).text).toBe(file);
  });

  it('a change is in the audit log, and in its export', async () => {
    const id = idIn(await call('POST', '/leads', { person: '+15550107003' }));
    const query = 'action=createLead';
    const entry = await until('the entry', async () =>
      listedIn(await call('GET', `/audit?${query}`)).find(({ target }) => target === id),
    );
    expect(entry).toMatchObject({ status: 201, action: 'createLead' });
    const file = await call('GET', `/audit/export?${query}`);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.text).toContain(id);
  });

  it('a message that was sent counts in the statistics and in the usage', async () => {
    const sent = async () => {
      const [row] = listedIn(await call('GET', '/stats?by=type&type=text'));
      return Number(row?.['sent'] ?? 0);
    };
    const before = await sent();
    await call('POST', '/messages/text', { to: '+15550107004', text: 'Count me' });
    await until('it counts', async () => (await sent()) > before || undefined);
    expect(shownIn(await call('GET', '/usage'))).toMatchObject({
      messages: { sent: expect.any(Number) },
    });
  });

  it('the messages of a chat are exported', async () => {
    const id = idIn(await call('POST', '/messages/text', { to: '+15550107005', text: '=1+1' }));
    const query = 'chatId=%2B15550107005';
    const csv = await call('GET', `/messages/export?${query}`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text).toContain(`${id},`);
    expect(csv.text).toContain(",'=1+1,");
    const lines = await call('GET', `/messages/export?format=jsonl&${query}`);
    expect(JSON.parse(lines.text)).toMatchObject({ id, direction: 'outbound' });
  });
}
