import { expect, it } from 'vitest';
import { z } from 'zod';
import type { SandboxProfile } from '../../shared/session-status.ts';
import { coversOnEveryPage } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { until } from '../testing/until.ts';
import type { World } from '../testing/world.ts';

type Given = {
  deployment: Deployment;
  session: { id: string; phoneNumber: string };
  world: World;
};

/** What is done to single messages, by the session and by others. */
export function messageOperations(profile: SandboxProfile, given: () => Given): void {
  coversOnEveryPage(
    profile,
    'GET /v1/messages',
    'GET /v1/messages/{id}',
    'PATCH /v1/messages/{id}',
    'DELETE /v1/messages/{id}',
    'POST /v1/messages/{id}/react',
    'POST /v1/messages/{id}/star',
    'POST /v1/messages/{id}/pin',
    'POST /v1/messages/{id}/seen',
    'POST /v1/messages/{id}/forward',
    'POST /v1/messages/{id}/media/retry',
    'POST /v1/sessions/{id}/sandbox/messages',
  );

  it('a message is reacted to, edited, starred, pinned and deleted, and its record follows', async () => {
    const from = '15550100001';
    const send = { to: `+${from}`, text: 'helo', sessionId: given().session.id };
    const sent = await given().deployment.api.call('POST', '/v1/messages/text', {
      body: send,
      headers: { prefer: 'wait=20' },
    });
    const { id, wireId } = sent.data(z.object({ id: z.string(), wireId: z.string() }));
    const path = `/v1/messages/${id}`;
    const isThen = async (method: string, suffix: string, body: object, expected: object) => {
      const answer = await given().deployment.api.call(method, `${path}${suffix}`, { body });
      expect(answer.data(z.looseObject({}))).toMatchObject(expected);
      const read = await given().deployment.api.call('GET', path);
      expect(read.data(z.looseObject({}))).toMatchObject(expected);
    };
    const mine = { from: { id: `${given().session.phoneNumber}@c.us` } };
    await isThen('POST', '/react', { emoji: '👍🏽' }, { reactions: [{ ...mine, emoji: '👍🏽' }] });
    await given().world.phone.reaction({ ...given().world.at, wireId, from, text: '🎉' });
    await until('the answer to be on the record', async () => {
      const read = await given().deployment.api.call('GET', path);
      const { reactions } = read.data(z.object({ reactions: z.array(z.unknown()) }));
      return reactions.length === 2 ? true : undefined;
    });
    await isThen('POST', '/react', { emoji: null }, { reactions: [{ emoji: '🎉' }] });
    await isThen('PATCH', '', { text: 'hello' }, { content: { text: 'hello' } });
    await isThen('POST', '/star', { starred: true }, { starred: true });
    await isThen('POST', '/pin', {}, { pinnedUntil: expect.any(String) });
    await isThen('POST', '/pin', { pinned: false }, { pinnedUntil: null });
    expect(
      (await given().deployment.api.call('DELETE', path)).data(z.looseObject({})),
    ).toMatchObject({
      revokedAt: expect.any(String),
    });
    const types = [
      'message.reaction',
      'message.reaction',
      'message.reaction',
      'message.edited',
      'message.revoked',
    ];
    const listed = await until('every event to be there', async () => {
      const answer = await given().deployment.api.call(
        'GET',
        `/v1/events?sessionId=${given().session.id}`,
      );
      const events = answer.data(
        z.array(z.looseObject({ type: z.string(), data: z.looseObject({}) })),
      );
      const about = events.filter(
        ({ type, data }) => types.includes(type) && data['messageId'] === id,
      );
      return about.length >= types.length ? about.map(({ type }) => type) : undefined;
    });
    expect(listed.toSorted()).toEqual(types.toSorted());
  });

  it('a message is marked as read with its chat, and forwarded, marked so', async () => {
    const { phone, at } = given().world;
    const { wireId } = await phone.message({ ...at, from: '15550100002', body: 'pass it on' });
    const Messages = z.array(z.object({ id: z.string(), wireId: z.string().nullable() }));
    const heard = await until('the message', async () => {
      const answer = await given().deployment.api.call(
        'GET',
        `/v1/messages?sessionId=${given().session.id}`,
      );
      return answer.data(Messages).find((message) => message.wireId === wireId);
    });
    const unread = async (): Promise<number> => {
      const path = `/v1/chats/15550100002@c.us?sessionId=${given().session.id}`;
      const chat = await given().deployment.api.call('GET', path);
      return chat.data(z.object({ unreadCount: z.number() })).unreadCount;
    };
    expect(await unread()).toBeGreaterThan(0);
    const read = await given().deployment.api.call('POST', `/v1/messages/${heard.id}/seen`);
    expect(read.data(z.looseObject({}))).toMatchObject({ id: heard.id });
    expect(await unread()).toBe(0);

    const answer = await given().deployment.api.call('POST', `/v1/messages/${heard.id}/forward`, {
      body: { to: '+15550100003' },
      headers: { prefer: 'wait=20' },
    });
    const sent = answer.data(z.object({ status: z.string(), wireId: z.string() }));
    expect(sent.status).toBe('sent');
    const { messages } = await phone.account({ ...at, limit: 100 });
    expect(messages.find((message) => message.wireId === sent.wireId)).toMatchObject({
      body: 'pass it on',
      content: { isForwarded: true },
    });
  });

  it('a file whose download fails is fetched again', async () => {
    const { phone, at } = given().world;
    const { api } = given().deployment;
    await phone.faults({ ...at, failDownloads: 1 });
    const { wireId } = await phone.message({
      ...at,
      from: '15550100002',
      type: 'document',
      mediaBase64: btoa('%PDF-1.7'),
      mimetype: 'application/pdf',
      filename: 'plan.pdf',
    });
    const File = z.object({ status: z.string(), url: z.string().nullable() });
    const Events = z.array(
      z.object({
        data: z.looseObject({ wireId: z.string(), messageId: z.string(), media: File.nullable() }),
      }),
    );
    const fileThat = (status: string) =>
      until(`a file that is ${status}`, async () => {
        const query = `sessionId=${given().session.id}&types=message.received,message.media`;
        const events = (await api.call('GET', `/v1/events?${query}`)).data(Events);
        return events.find(({ data }) => data.wireId === wireId && data.media?.status === status)
          ?.data;
      });
    const { messageId } = await fileThat('failed');
    const retry = await api.call('POST', `/v1/messages/${messageId}/media/retry`, { body: {} });
    expect(retry.status).toBe(202);
    const { media } = await fileThat('ready');
    const file = await api.call('GET', new URL(media?.url ?? '').pathname);
    expect(file.headers.get('content-type')).toBe('application/pdf');
  });

  it('what the owner writes on the phone is an event of its own', async () => {
    const body = { from: given().session.phoneNumber, chatId: '15550100003@c.us', text: 'by hand' };
    const path = `/v1/sessions/${given().session.id}/sandbox/messages`;
    expect((await given().deployment.api.call('POST', path, { body })).status).toBe(200);
    const Events = z.array(
      z.object({ data: z.looseObject({ messageId: z.string(), text: z.string().nullable() }) }),
    );
    const echo = await until('the echo', async () => {
      const query = `sessionId=${given().session.id}&types=message.echo`;
      const answer = await given().deployment.api.call('GET', `/v1/events?${query}`);
      return answer.data(Events).find(({ data }) => data.text === 'by hand');
    });
    expect(echo.data).toMatchObject({ chatId: body.chatId, writtenOn: 'phone', type: 'text' });
    const message = await given().deployment.api.call('GET', `/v1/messages/${echo.data.messageId}`);
    expect(message.data(z.looseObject({}))).toMatchObject({
      direction: 'outbound',
      writtenOn: 'phone',
      status: expect.stringMatching(/sent|delivered|read/),
    });
  });
}
