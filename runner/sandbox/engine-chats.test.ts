import { createHash } from 'node:crypto';
import type { Client, GroupChat, Message } from 'whatsapp-web.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profileNames } from './protocol/profile.ts';
import {
  createEngine,
  keyText,
  mendPage,
  MessageMedia,
  next,
  nextMessage,
  wireIdOf,
} from './testing/engine.ts';
import { eventually, testSandbox } from './testing/sandbox.ts';
import type { TestSandbox } from './testing/sandbox.ts';

const world = 'workspace-1';
const me = '15557770001';
const account = `${me}@c.us`;
const alice = '15550100001@c.us';

/** A 2×1 red-blue PNG. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DAwPAfAAcAAf9lK5zVAAAAAElFTkSuQmCC';
const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256')
    .update(typeof data === 'string' ? Buffer.from(data, 'base64') : data)
    .digest('hex');

describe.each(profileNames)(
  'files, chats and groups of whatsapp-web.js on the %s page',
  { timeout: 30_000 },
  (profile) => {
    let here: TestSandbox;
    let client: Client;

    beforeAll(async () => {
      here = await testSandbox();
      client = createEngine(here, profile, 'first');
      const qr = next<string>(client, 'qr');
      const ready = next(client, 'ready');
      await client.initialize();
      await here.phone.scan({ world, qr: await qr, phone: me, pushname: 'Ann' });
      await ready;
      await mendPage(client);
      await here.phone.faults({ world, account, ackDelaysMs: [1, 5, 10], echoDelayMs: 1 });
    }, 60_000);

    afterAll(async () => {
      await client.destroy();
      expect((await here.phone.violations({})).violations).toEqual([]);
      await here.stop();
    }, 30_000);

    const phoneView = () => here.phone.account({ world, account });
    const onPhone = (wireId: string) =>
      eventually(async () => (await phoneView()).messages.find((one) => one.wireId === wireId));
    /** Sends as a gateway does, and gives the message back; `sent` must be there on a mended page. */
    const send = async (...args: Parameters<Client['sendMessage']>): Promise<Message> => {
      const sent = await client.sendMessage(args[0], args[1], { sendSeen: false, ...args[2] });
      expect(sent).toBeDefined();
      return sent;
    };
    const say = (body: string) =>
      here.phone.message({ world, account, from: alice, pushname: 'Alice A', body });
    const heard = async (body: string): Promise<Message> => {
      const arrived = nextMessage(client, (message) => message.body === body);
      await say(body);
      return arrived;
    };

    const download = (message: Message) => {
      message.id._serialized ??= keyText(message);
      return message.downloadMedia();
    };

    test('an image goes out, and one comes in, byte for byte', async () => {
      const sent = await send(alice, new MessageMedia('image/png', png, 'dot.png'), {
        caption: 'a dot',
      });
      const seen = await onPhone(wireIdOf(sent));
      expect(seen).toMatchObject({ type: 'image', caption: 'a dot', mimetype: 'image/png' });
      const stored = await here.phone.media(seen.mediaPath ?? '');
      expect(sha256(stored.data)).toBe(sha256(png));

      const arrived = nextMessage(client, (message) => message.hasMedia);
      await here.phone.message({
        world,
        account,
        from: alice,
        type: 'image',
        mediaBase64: png,
        mimetype: 'image/png',
        caption: 'back',
      });
      const message = await arrived;
      expect(message.body).toBe('back');
      const media = await download(message);
      expect(sha256(media?.data ?? '')).toBe(sha256(png));
      await here.phone.faults({ world, account, expireMedia: true });
      expect(await download(message)).toBeUndefined();
      await here.phone.faults({ world, account, expireMedia: false });
    });

    test('a refused upload fails the send and puts nothing on the wire', async () => {
      const before = (await here.phone.wire({ world, account })).records.length;
      await here.phone.faults({ world, account, uploadStatus: 503 });
      const media = new MessageMedia('image/png', png, 'dot.png');
      await expect(client.sendMessage(alice, media, { sendSeen: false })).rejects.toThrow(/upload/);
      await here.phone.faults({ world, account, uploadStatus: null });
      expect((await here.phone.wire({ world, account })).records).toHaveLength(before);
    });

    test('numbers, chats and contacts', async () => {
      expect(await client.isRegisteredUser('19995550000')).toBe(false);
      expect((await client.getNumberId('4915112345678'))?._serialized).toBe('4915112345678@c.us');
      expect(await client.sendMessage('19995550000@c.us', 'nobody')).toBeFalsy();
      const names = (await client.getContacts()).map(({ name }) => name);
      expect(names).toEqual(
        expect.arrayContaining(['Alice', 'Bob', 'Carol', 'Private Pat', 'Echo']),
      );
      const [ids] = await client.getContactLidAndPhone([alice]);
      expect(ids).toMatchObject({ pn: alice, lid: expect.stringMatching(/^\d{15}@lid$/) });
      await heard('unread');
      const chats = await client.getChats();
      const chat = chats.find(({ name }) => name === 'Alice');
      expect(chat?.unreadCount).toBeGreaterThan(0);
      expect(chat?.id._serialized).toBe(profile === 'stock' ? alice : ids?.lid);
      await chat?.sendSeen();
      expect((await phoneView()).chats.find(({ id }) => id === alice)?.unread).toBe(0);
      expect(await chat?.archive()).toBe(true);
      expect((await phoneView()).chats.find(({ id }) => id === alice)?.archived).toBe(true);
      await chat?.unarchive();
    });

    test('groups: create, add, write, change, leave', async () => {
      const created = await client.createGroup(
        'Team',
        [alice, '15550100009@c.us', '19991110000@c.us'],
        {
          autoSendInviteV4: false,
        },
      );
      if (typeof created === 'string') throw new Error(created);
      const codes = Object.values(created.participants).map(({ statusCode }) => statusCode);
      expect(codes.toSorted((a, b) => a - b)).toEqual([200, 200, 403, 404]);
      const id = created.gid._serialized;
      const group = (await client.getChatById(id)) as GroupChat;
      expect(group.name).toBe('Team');
      await group.addParticipants(['15550100002@c.us'], { sleep: 0 });
      await group.promoteParticipants([alice]);
      await group.setSubject('The team');
      await group.setMessagesAdminsOnly(true);
      await group.setMessagesAdminsOnly(false);
      expect(await group.getInviteCode()).toHaveLength(22);
      const { groups } = await here.phone.groups({ world });
      expect(groups).toMatchObject([{ id, subject: 'The team' }]);
      expect(groups[0]?.participants.map(({ pn, admin }) => [pn, admin])).toEqual([
        [account, true],
        [alice, true],
        ['15550100002@c.us', false],
      ]);
      const sent = await send(id, 'to all');
      expect(await onPhone(wireIdOf(sent))).toMatchObject({
        chat: id,
        author: account,
        ack: expect.any(Number),
      });
      const arrived = nextMessage(client, (message) => message.body === 'from the group');
      await here.phone.message({ world, account, from: alice, chat: id, body: 'from the group' });
      const message = await arrived;
      expect(message.from).toBe(id);
      expect((await message.getContact()).name).toBe('Alice');
      const left = next<{ chatId: string }>(client, 'group_leave');
      await here.phone.groupChange({ world, group: id, actor: alice, action: { kind: 'leave' } });
      expect((await left).chatId).toBe(id);
      await group.leave();
      expect((await here.phone.groups({ world })).groups[0]?.participants).toHaveLength(1);
    });

    test('a call comes in and is rejected', async () => {
      const call = next<{ from: string; reject: () => Promise<void> }>(client, 'call');
      await here.phone.call({ world, account, from: alice });
      await (await call).reject();
      const { notes } = await eventually(async () => {
        const view = await phoneView();
        return view.notes.some(({ what }) => what === 'stanza') && view;
      });
      expect(JSON.stringify(notes)).toContain('reject');
    });
  },
);
