import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutboundContent } from '../../../../shared/catalogue/message-kinds.ts';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import { makeSample, type Sample } from '../../../media/testing/samples.ts';
import type { EngineInput, EngineOperation } from '../../operations.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('channels and labels on the page %s', (profile) => {
  let link: SandboxLink;
  let hers: { id: string; invite: string };

  beforeAll(async () => {
    link = engineLink(sandbox, profile, { times: { labelsMs: 200, limitsMs: 200 } });
    const { world, phoneNumber } = link;
    const named = { world, name: 'City news', description: 'What happens in town' };
    hers = await sandbox.phone.channel({ ...named, owner: '15550100001' });
    await sandbox.phone.channel({ world, owner: phoneNumber, name: 'Mine' });
    await link.link();
  });
  afterAll(() => link.end());

  const ask = <Name extends EngineOperation>(name: Name, input: EngineInput<Name>) =>
    link.engine.ask(name, input);
  const names = async () => (await ask('listChannels', {})).channels.map(({ name }) => name);
  const refused = (code: string) => expect.objectContaining({ code });

  it('are followed and left again, each time with the channel as it is then', async () => {
    const { id: channelId, invite: code } = hers;
    expect(await names()).toEqual(['Mine']);
    const shown = {
      id: channelId,
      name: 'City news',
      description: 'What happens in town',
      link: `https://whatsapp.com/channel/${code}`,
      role: 'guest',
      followerCount: 0,
    };
    expect(await ask('previewChannel', { code })).toEqual(shown);
    expect(await ask('getChannel', { channelId })).toEqual(shown);
    expect(await names()).toEqual(['Mine']);
    for (const again of [1, 2]) {
      const followed = await ask('followChannel', { channelId, follow: true });
      expect(followed, `time ${again}`).toEqual({ ...shown, role: 'subscriber', followerCount: 1 });
    }
    expect(await names()).toEqual(expect.arrayContaining(['Mine', 'City news']));
    for (const again of [1, 2])
      expect(await ask('followChannel', { channelId, follow: false }), `time ${again}`).toEqual(
        shown,
      );
    expect(await names()).toEqual(['Mine']);
  });

  it('that are not there are not found', async () => {
    const channelId = '120363000000000000@newsletter';
    for (const asked of [
      ask('getChannel', { channelId }),
      ask('followChannel', { channelId, follow: true }),
      ask('previewChannel', { code: '0029VaNothingNothing' }),
    ])
      await expect(asked).rejects.toEqual(refused('NOT_FOUND'));
  });

  it('of its own are not left', async () => {
    const { channels } = await ask('listChannels', {});
    const own = channels.find(({ role }) => role === 'owner');
    const left = ask('followChannel', { channelId: own?.id ?? '', follow: false });
    await expect(left).rejects.toEqual(refused('CONFLICT'));
  });

  describe('of its own', () => {
    const file = { mediaId: 'm', caption: 'Look' };
    const video = { type: 'video', asGif: false, asDocument: false } as const;
    const FILES: [sample: Sample, content: OutboundContent][] = [
      ['picture.png', { ...file, type: 'image', mimetype: 'image/png' }],
      ['clip.mp4', { ...file, ...video, mimetype: 'video/mp4' }],
    ];
    const own = async () => {
      const { channels } = await ask('listChannels', {});
      return channels.find(({ role }) => role === 'owner')?.id ?? '';
    };
    const text: OutboundContent<'text'> = {
      type: 'text',
      text: 'News of the day',
      linkPreview: false,
    };
    const poll: OutboundContent<'poll'> = {
      type: 'poll',
      name: 'Tea?',
      options: ['yes', 'no'],
      allowMultiple: false,
    };

    it.each([
      [text.text, text],
      [poll.name, poll],
    ])('take “%s” under our id, once, however often it is sent', async (body, content) => {
      const post = { wireId: newWireId(), chatId: await own(), content };
      const sent = { outcome: 'sent', wireKey: `true_${post.chatId}_${post.wireId}` };
      expect(await link.engine.send(post)).toEqual(sent);
      expect(await link.engine.send(post)).toEqual(sent);
      expect(await link.engine.ask('lookUp', post)).toMatchObject({ found: true, ack: 1 });
      const records = (await link.wire()).filter(({ wireId }) => wireId === post.wireId);
      expect(records).toMatchObject([{ to: post.chatId, body, attempts: 1 }]);
    });

    it.each(FILES)('take a file: %s', async (sample, content) => {
      const filePath = makeSample(link.dir, sample);
      const post = { wireId: newWireId(), chatId: await own(), content, filePath };
      expect(await link.engine.send(post)).toMatchObject({ outcome: 'sent' });
      const { messages } = await sandbox.phone.account(link.at);
      const seen = messages.find(({ wireId }) => wireId === post.wireId);
      expect(seen).toMatchObject({
        type: content.type,
        caption: 'Look',
        mimetype: content.mimetype,
      });
      const { data } = await sandbox.phone.media(seen?.mediaPath ?? '');
      expect(Buffer.from(data).equals(readFileSync(filePath))).toBe(true);
    });

    it('take a post at once when it was made on the phone', async () => {
      const named = { world: link.world, owner: link.phoneNumber, name: 'Also mine' };
      const { id: chatId } = await sandbox.phone.channel(named);
      const post = { wireId: newWireId(), chatId, content: text };
      expect(await link.engine.send(post)).toMatchObject({ outcome: 'sent' });
    });

    it('say so when WhatsApp refuses a post', async () => {
      await sandbox.phone.faults({ ...link.at, failSends: 1 });
      const post = { wireId: newWireId(), chatId: await own(), content: text };
      expect(await link.engine.send(post)).toMatchObject({
        outcome: 'failed',
        code: 'MESSAGE_FAILED',
        message: 'WhatsApp reported an error for this message.',
      });
    });
  });

  it('take no post of who does not run them', async () => {
    const content = { type: 'text', text: 'hi', linkPreview: false } as const;
    const post = { wireId: newWireId(), chatId: hers.id, content };
    await ask('followChannel', { channelId: hers.id, follow: true });
    expect(await link.engine.send(post)).toMatchObject({
      outcome: 'failed',
      code: 'MESSAGE_FAILED',
      message: expect.stringContaining('channel'),
    });
    expect((await link.wire()).map(({ wireId }) => wireId)).not.toContain(post.wireId);
  });

  it('labels are of business accounts alone, and a chat has those it is given; the session reports each change', async () => {
    const from = '15550104121';
    const chatId = `${from}@c.us`;
    const { wireId } = await sandbox.phone.message({ ...link.at, from, body: 'hi' });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
    await expect(ask('listLabels', {})).rejects.toEqual(refused('NOT_SUPPORTED'));
    const labelled = (labelId: string) =>
      ask('listChats', { after: null, limit: 100, archived: null, labelId });
    await expect(labelled('1')).rejects.toEqual(refused('NOT_SUPPORTED'));
    const [lead, customer] = [
      { id: '1', name: 'Lead', color: '#ff9485' },
      { id: '2', name: 'Customer', color: '#64c4ff' },
    ] as const;
    await sandbox.phone.labels({ ...link.at, labels: [lead, customer] });
    await expect
      .poll(() => ask('listLabels', {}).catch(() => null), { timeout: 5_000 })
      .toEqual({ labels: [lead, customer] });
    for (const labels of [[lead, customer], [customer], []]) {
      const labelIds = labels.map(({ id }) => id);
      expect(await ask('setChatLabels', { chatId, labelIds })).toEqual({ labels });
      expect(await ask('getChatLabels', { chatId })).toEqual({ labels });
      const { chats } = await labelled('2');
      const isCustomer = labels.some(({ id }) => id === '2');
      expect(chats.map(({ id }) => id)).toEqual(isCustomer ? [chatId] : []);
    }
    await expect(labelled('9')).rejects.toEqual(refused('NOT_FOUND'));
    await expect(ask('setChatLabels', { chatId, labelIds: ['9'] })).rejects.toEqual(
      refused('NOT_FOUND'),
    );

    const reported = (data: object) =>
      link.fact('relayed', ({ event }) => isDeepStrictEqual(event.data, data));
    const { id: labelId, ...shown } = { ...customer, name: 'Regular' };
    await sandbox.phone.labels({ ...link.at, labels: [lead, { id: labelId, ...shown }] });
    await reported({ labelId, ...shown, deleted: false });
    await ask('setChatLabels', { chatId, labelIds: [labelId] });
    await reported({ labelId, ...shown, chatId, added: true });
    await ask('setChatLabels', { chatId, labelIds: [] });
    await reported({ labelId, ...shown, chatId, added: false });
  });
});
