import type { Client, Message } from 'whatsapp-web.js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProfileName } from './protocol/profile.ts';
import { createEngine, evaluate, MessageMedia, next } from './testing/engine.ts';
import { eventually, testSandbox } from './testing/sandbox.ts';
import type { TestSandbox } from './testing/sandbox.ts';
import { noFaults } from './world/faults.ts';

const world = 'edges';
const alice = '15550100001@c.us';
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DAwPAfAAcAAf9lK5zVAAAAAElFTkSuQmCC';

let here: TestSandbox;
let running: Client[] = [];
let phones = 15_557_780_000;
let account = '';

beforeAll(async () => {
  here = await testSandbox();
});
beforeEach(() => {
  account = String(++phones);
});
afterEach(async () => {
  await Promise.all(running.map((client) => client.destroy()));
  running = [];
  await here.phone.faults(noFaults);
});
afterAll(async () => {
  expect((await here.phone.violations({})).violations).toEqual([]);
  await here.stop();
});

const engine = (profile: ProfileName): Client => {
  const client = createEngine(here, profile, `of-${account}`);
  running.push(client);
  return client;
};

/** Starts and scans; does not wait until it is ready. */
async function pairEngine(profile: ProfileName): Promise<Client> {
  const client = engine(profile);
  const qr = next<string>(client, 'qr');
  await client.initialize();
  await here.phone.scan({ world, qr: await qr, phone: account });
  await eventually(async () => (await here.phone.account({ world, account })).online);
  return client;
}

async function readyEngine(profile: ProfileName): Promise<Client> {
  const client = engine(profile);
  const ready = next(client, 'ready');
  const qr = next<string>(client, 'qr');
  await client.initialize();
  await here.phone.scan({ world, qr: await qr, phone: account });
  await ready;
  return client;
}

async function leave(client: Client): Promise<void> {
  running = running.filter((one) => one !== client);
  await client.destroy();
  await eventually(async () => !(await here.phone.account({ world, account })).online);
}

const pageHas = (client: Client, selector: string): Promise<boolean> =>
  evaluate<boolean>(client, `document.querySelector(${JSON.stringify(selector)}) !== null`);

test('2026-09 breaks the stock library the way the real build does', async () => {
  const client = await readyEngine('2026-09');
  const created = next<Message>(client, 'message_create');
  expect(await client.sendMessage(alice, 'delivered', { sendSeen: false })).toBeUndefined();
  const { id } = await created;
  await eventually(async () => (await here.phone.wire({ world, account })).records.length === 1);
  expect(id).toHaveProperty('$1');
  expect(id._serialized).toBeUndefined();
  const arrived = next<Message>(client, 'message');
  await here.phone.message({ world, account, from: alice, body: 'quote me' });
  await (await arrived).reply('no quote');
  const media = new MessageMedia('image/png', png, 'dot.png');
  await expect(client.sendMessage(alice, media)).rejects.toThrow(/must include an id property/);
  const { messages } = await eventually(async () => {
    const view = await here.phone.account({ world, account });
    return view.messages.some(({ body }) => body === 'no quote') && view;
  });
  expect(messages.map(({ body, quotedWireId }) => [body, quotedWireId])).toEqual([
    ['delivered', null],
    ['quote me', null],
    ['no quote', null],
  ]);
});

test('the dialog after pairing: answered once it stays away, ignored it logs out', async () => {
  await here.phone.faults({ modalLanguage: 'pt-BR' });
  const first = await readyEngine('2026-09');
  await eventually(() => pageHas(first, '[role="dialog"] button'));
  await evaluate(first, `document.querySelector('[role="dialog"] button').click()`);
  expect(await pageHas(first, '[role="dialog"]')).toBe(false);
  await leave(first);
  const second = engine('2026-09');
  const ready = next(second, 'ready');
  await second.initialize();
  await ready;
  expect(await pageHas(second, '[role="dialog"]')).toBe(false);
  await here.phone.faults({ world, account, modalLogoutMs: 1, modal: 'on' });
  await leave(second);
  const third = engine('2026-09');
  const stopped = next<string>(third, 'disconnected');
  const again = next(third, 'qr');
  await third.initialize();
  expect(await stopped).toBe('LOGOUT');
  await again;
  await injected(third);
});

/** The library injects itself anew after a logout; closing its browser meanwhile is an unhandled rejection. */
const injected = (client: Client): Promise<boolean> =>
  eventually(() =>
    evaluate<boolean>(
      client,
      `window.require('WAWebCmd').Cmd.listenerCount('logout_from_bridge') > 0`,
    ),
  );

test('links by pairing code', async () => {
  const client = engine('stock');
  const ready = next(client, 'ready');
  const qr = next(client, 'qr');
  await client.initialize();
  await qr;
  const code = await client.requestPairingCode(account);
  expect(code).toMatch(/^[A-Z1-9]{8}$/);
  await here.phone.enterCode({ world, code, phone: account });
  await ready;
  expect(client.info.wid.user).toBe(account);
});

test('codes rotate, and go idle after the last', async () => {
  await here.phone.faults({ qrTtlMs: 100, qrMaxRefs: 3 });
  const client = engine('stock');
  const seen: string[] = [];
  client.on('qr', (qr) => seen.push(qr));
  await client.initialize();
  await eventually(async () => (await client.getState().catch(() => '')) === 'UNPAIRED_IDLE');
  expect(new Set(seen).size).toBeGreaterThanOrEqual(2);
});

test('hasSynced never: connected, and never ready', async () => {
  await here.phone.faults({ hasSynced: 'never' });
  const client = await pairEngine('stock');
  let ready = false;
  client.on('ready', () => {
    ready = true;
  });
  await eventually(async () => (await client.getState()) === 'CONNECTED');
  // Whatever the page was going to do, it has done once a later message of the world has arrived.
  await here.phone.message({ world, account, from: alice, body: 'mark' });
  const count = `window.require('WAWebCollections').Msg.length`;
  await eventually(() => evaluate<number>(client, count).then((length) => length > 0));
  expect(ready).toBe(false);
});

test('messages that waited come as events where the world holds them back until ready', async () => {
  const client = await readyEngine('stock');
  await here.phone.faults({ world, account, offlineDelivery: 'afterReady' });
  await leave(client);
  await here.phone.message({ world, account, from: alice, body: 'waited' });
  const again = engine('stock');
  const arrived = next<Message>(again, 'message');
  await again.initialize();
  expect((await arrived).body).toBe('waited');
});

test('unlinked while away: the next start shows a code and remembers nothing', async () => {
  const client = await readyEngine('stock');
  await client.sendMessage(alice, 'before', { sendSeen: false, waitUntilMsgSent: true });
  await leave(client);
  await here.phone.unlink({ world, account });
  const again = engine('stock');
  const qr = next<string>(again, 'qr');
  await again.initialize();
  expect(await qr).toMatch(/^2@/);
  expect(await evaluate<number>(again, `window.require('WAWebCollections').Msg.length`)).toBe(0);
});

test('a page reload keeps the session and its place in the ratchet', async () => {
  const client = await readyEngine('stock');
  await client.sendMessage(alice, 'one', { sendSeen: false, waitUntilMsgSent: true });
  const ready = next(client, 'ready');
  await here.phone.pageReload({ world, account });
  await ready;
  await client.sendMessage(alice, 'two', { sendSeen: false, waitUntilMsgSent: true });
  const { records } = await here.phone.wire({ world, account });
  expect(records.map(({ body, counter }) => [body, counter])).toEqual([
    ['one', 1],
    ['two', 2],
  ]);
});
