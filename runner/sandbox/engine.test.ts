import type { Client, Message } from 'whatsapp-web.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryNeeds, missingScript } from './testing/contract.ts';
import { profileNames } from './protocol/profile.ts';
import {
  createEngine,
  evaluate,
  keyText,
  Location,
  mendPage,
  MessageMedia,
  next,
  nextMessage,
  Poll,
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

describe.each(profileNames)('whatsapp-web.js on the %s page', { timeout: 30_000 }, (profile) => {
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

  test('the page has what the installed library asks for', async () => {
    const needs = libraryNeeds();
    expect(new Set(needs.map(({ module }) => module)).size).toBeGreaterThan(130);
    const missing = await evaluate<number[]>(client, missingScript(needs));
    const named = missing.map(
      (index) => `${needs[index]?.module ?? ''} ${needs[index]?.member ?? ''}`,
    );
    expect(named).toEqual([]);
  });

  test('is ready as the phone that scanned', async () => {
    expect(client.info.wid._serialized).toBe(account);
    expect(client.info.pushname).toBe('Ann');
    expect(await client.getState()).toBe('CONNECTED');
    expect((await phoneView()).devices).toMatchObject([{ profile, online: true, mostAtOnce: 1 }]);
  });

  test('sends text; acks 1, 2, 3 follow in order', async () => {
    const acks: number[] = [];
    const done = new Promise<void>((resolve) => {
      client.on('message_ack', (message, ack) => {
        if (message.body !== 'hello') return;
        acks.push(ack);
        if (acks.length === 3) resolve();
      });
    });
    const sent = await send(alice, 'hello');
    await done;
    expect(acks).toEqual([1, 2, 3]);
    expect(await onPhone(wireIdOf(sent))).toMatchObject({
      chat: alice,
      fromMe: true,
      body: 'hello',
      ack: 3,
    });
    const { records } = await here.phone.wire({ world, account });
    expect(records).toMatchObject([
      { wireId: wireIdOf(sent), to: alice, type: 'chat', attempts: 1 },
    ]);
  });

  test('a wrapper of addAndSendMsgToChat may choose the wire id', async () => {
    await evaluate(
      client,
      `(() => {
        const door = window.require('WAWebSendMsgChatAction');
        const Key = window.require('WAWebMsgKey');
        const send = door.addAndSendMsgToChat;
        door.addAndSendMsgToChat = (chat, m) => {
          if (m.tag) {
            Object.assign(m.id, new Key({ from: m.from, to: chat.id, id: m.tag, participant: m.id.participant, selfDir: 'out' }));
            delete m.tag;
          }
          return send(chat, m);
        };
      })()`,
    );
    const chosen = `3EB0${'A1'.repeat(9)}`;
    const sent = await send(alice, 'with an id', { extra: { tag: chosen } });
    expect(wireIdOf(sent)).toBe(chosen);
    expect(await onPhone(chosen)).toMatchObject({ body: 'with an id' });
  });

  test('receives, replies with a quote, and the quote can be read back', async () => {
    const message = await heard('are you there?');
    const chat = await message.getChat();
    expect(chat.name).toBe('Alice');
    expect((await message.getContact()).pushname).toBe('Alice A');
    const quotes = await client.sendMessage(message.from, 'I am', {
      quotedMessageId: message.id._serialized ?? keyText(message),
      sendSeen: false,
    });
    expect(quotes.hasQuotedMsg).toBe(true);
    expect(await onPhone(wireIdOf(quotes))).toMatchObject({
      body: 'I am',
      quotedWireId: wireIdOf(message),
    });
    const echoed = nextMessage(client, (one) => one.body === 'You said: echo?');
    await send('15550100010@c.us', 'echo?');
    expect((await echoed).hasQuotedMsg).toBe(true);
  });

  /** message.downloadMedia by the id text, which a renamed build does not carry to Node. */
  test.each([
    [
      'document',
      () => new MessageMedia('application/pdf', png, 'paper.pdf'),
      { sendMediaAsDocument: true },
      { type: 'document', filename: 'paper.pdf' },
    ],
    [
      'voice note',
      () => new MessageMedia('audio/ogg', png, 'v.ogg'),
      { sendAudioAsVoice: true },
      { type: 'ptt' },
    ],
    [
      'location',
      () => new Location(48.1, 11.5, { name: 'Munich', address: 'Marienplatz' }),
      {},
      { type: 'location' },
    ],
    ['poll', () => new Poll('Lunch?', ['Yes', 'No']), {}, { type: 'poll_creation' }],
  ])('sends a %s', async (_kind, content, options, expected) => {
    const sent = await send(alice, content(), options);
    expect(await onPhone(wireIdOf(sent))).toMatchObject(expected);
  });

  test('sends a contact card, and receives poll votes', async () => {
    const card = await send(alice, await client.getContactById('15550100002@c.us'));
    expect((await onPhone(wireIdOf(card))).body).toContain('FN:Bob');
    const poll = await send(alice, new Poll('Tea?', ['Yes', 'No']));
    await onPhone(wireIdOf(poll));
    const voted = next<{ selectedOptions: { name: string }[] }>(client, 'vote_update');
    await here.phone.vote({ world, account, wireId: wireIdOf(poll), from: alice, options: ['No'] });
    expect((await voted).selectedOptions.map(({ name }) => name)).toEqual(['No']);
  });

  test('reactions, edits and revokes go both ways', async () => {
    const message = await heard('react to me');
    message.id._serialized ??= keyText(message);
    await message.react('👍');
    expect((await onPhone(wireIdOf(message))).reactions).toMatchObject([
      { from: account, text: '👍' },
    ]);
    const reacted = next<{ reaction: string; senderId: string }>(client, 'message_reaction');
    await here.phone.reaction({
      world,
      account,
      wireId: wireIdOf(message),
      from: alice,
      text: '❤️',
    });
    expect((await reacted).reaction).toBe('❤️');

    const edited = next<Message>(client, 'message_edit');
    await here.phone.edit({ world, account, wireId: wireIdOf(message), body: 'changed' });
    expect((await edited).body).toBe('changed');
    const revoked = next<Message>(client, 'message_revoke_everyone');
    await here.phone.revoke({ world, account, wireId: wireIdOf(message) });
    expect((await revoked).type).toBe('revoked');

    const own = await send(alice, 'to be changed');
    own.id._serialized ??= `true_${own.to}_${own.id.id}`;
    await own.edit('changed by me');
    expect(await onPhone(own.id.id)).toMatchObject({ body: 'changed by me' });
    await own.delete(true);
    expect(await onPhone(own.id.id)).toMatchObject({ type: 'revoked' });
  });

  test('a dropped line: what came meanwhile arrives as new, what was sent goes out once', async () => {
    await here.phone.network({ world, account, online: false });
    await eventually(async () => (await client.getState()) !== 'CONNECTED');
    const arrived = nextMessage(client, (message) => message.body === 'meanwhile');
    await say('meanwhile');
    const sent = await send(alice, 'from the tunnel');
    await here.phone.network({ world, account, online: true });
    await arrived;
    expect(await onPhone(wireIdOf(sent))).toMatchObject({ body: 'from the tunnel' });
    const { records } = await here.phone.wire({ world, account });
    expect(records.filter(({ wireId }) => wireId === wireIdOf(sent))).toMatchObject([
      { attempts: 1 },
    ]);
  });

  test('restarts from its profile without a code, with its messages and what came while it was away', async () => {
    await here.phone.faults({ world, account, loseAck: 1 });
    const lost = await send(alice, 'answer lost');
    await eventually(async () =>
      (await here.phone.wire({ world, account })).records.some(
        ({ wireId }) => wireId === wireIdOf(lost),
      ),
    );
    await client.destroy();
    await eventually(async () => !(await phoneView()).online);
    await say('while away');
    client = createEngine(here, profile, 'first');
    const codes: string[] = [];
    client.on('qr', (qr) => codes.push(qr));
    const ready = next(client, 'ready');
    await client.initialize();
    await ready;
    await mendPage(client);
    expect(codes).toEqual([]);
    const chat = (await client.getChats()).find(({ name }) => name === 'Alice');
    expect(chat?.unreadCount).toBe(
      (await phoneView()).chats.find(({ id }) => id === alice)?.unread,
    );
    const bodies = (await chat?.fetchMessages({ limit: 100 }))?.map(({ body }) => body);
    expect(bodies).toEqual(expect.arrayContaining(['hello', 'answer lost', 'while away']));
    expect(bodies?.filter((body) => body === 'hello')).toHaveLength(1);
    const resent = await eventually(async () =>
      (await here.phone.wire({ world, account })).records.find(
        ({ wireId, attempts }) => wireId === wireIdOf(lost) && attempts === 2,
      ),
    );
    expect(resent.body).toBe('answer lost');
    await eventually(async () => (await onPhone(wireIdOf(lost))).ack === 3);
  });

  test('a conflict stops the page; taking over brings it back', async () => {
    const states: string[] = [];
    client.removeAllListeners('disconnected');
    const stopped = next<string>(client, 'disconnected');
    client.on('change_state', (state) => states.push(state));
    await here.phone.conflict({ world, account });
    expect(await stopped).toBe('CONFLICT');
    expect(states).toContain('CONFLICT');
    await eventually(() => client.pupBrowser?.connected === false);
    client = createEngine(here, profile, 'first');
    const ready = next(client, 'ready');
    await client.initialize();
    await ready;
  });

  test('the phone unlinks it: LOGOUT, and a new code next time', async () => {
    const stopped = next<string>(client, 'disconnected');
    const again = next<string>(client, 'qr');
    await here.phone.unlink({ world, account });
    expect(await stopped).toBe('LOGOUT');
    expect(await again).toMatch(/^2@/);
    expect((await phoneView()).devices).toEqual([]);
    // The library injects itself again by itself; closing the browser meanwhile would be an unhandled rejection.
    const injected = `window.require('WAWebCmd').Cmd.listenerCount('logout_from_bridge') > 0`;
    await eventually(() => evaluate<boolean>(client, injected));
  });
});
