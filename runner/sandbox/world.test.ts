import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxRefusal } from './control-client.ts';
import { FakePage, goOnline, pair, qrOf, resume, textMessage } from './testing/fake-page.ts';
import { eventually, forkSandbox, kill, tempDir, testSandbox } from './testing/sandbox.ts';
import type { TestSandbox } from './testing/sandbox.ts';

const ann = '15557770001@c.us';
const ben = '15557770002@c.us';
const alice = '15550100001@c.us';

let here: TestSandbox;
let worlds = 0;
/** Each test has a world of its own. */
const newWorld = (): string => `world-${String(++worlds)}`;
const open = (): Promise<FakePage> => FakePage.open(here.sandbox.info.tlsPort);

beforeAll(async () => {
  here = await testSandbox();
});
afterAll(async () => {
  await here.stop();
});

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof SandboxRefusal ? error.code : `not refused: ${String(error)}`;
};

describe('pairing', () => {
  test('a reference is good for one scan while it is shown', async () => {
    const world = newWorld();
    const page = await open();
    const hello = await page.ask('hello', { creds: null, counter: 0, browser: {} });
    const { ref } = await page.ask('refreshRef', {});
    const old = hello.status === 'ok' ? '' : hello.ref;
    expect(await refusal(here.phone.scan({ world, qr: qrOf(old), phone: ann }))).toBe('QR_EXPIRED');
    const linked = await here.phone.scan({ world, qr: qrOf(ref), phone: '+1 555 777-0001' });
    expect(linked.account).toBe(ann);
    expect(await refusal(here.phone.scan({ world, qr: qrOf(ref), phone: ann }))).toBe('QR_EXPIRED');
    await page.close();
  });

  test.each([
    ['four fields', (ref: string) => qrOf(ref).split(',').slice(0, 4).join(',')],
    ['a short key', (ref: string) => qrOf(ref).replace(/,[^,]+/, ',c2hvcnQ=')],
    ['no reference', () => qrOf('')],
  ])('a code with %s is no code', async (_what, make) => {
    const page = await open();
    const { ref } = await page.ask('refreshRef', {});
    const scan = here.phone.scan({ world: newWorld(), qr: make(ref), phone: ann });
    expect(await refusal(scan)).toBe('QR_MALFORMED');
    await page.close();
  });

  test('a pairing code works once', async () => {
    const world = newWorld();
    const page = await open();
    const { code } = await page.ask('linkCode', { phone: ann });
    expect(code).toMatch(/^[A-Z1-9]{8}$/);
    expect((await here.phone.enterCode({ world, code, phone: ann })).account).toBe(ann);
    expect(await refusal(here.phone.enterCode({ world, code, phone: ann }))).toBe('CODE_UNKNOWN');
    await page.close();
  });

  test('an unlinked device is not let in again', async () => {
    const world = newWorld();
    const page = await open();
    const creds = await goOnline(here.phone, page, { world, phone: ann });
    await here.phone.unlink({ world, account: ann });
    await eventually(() => page.pushes.some((push) => push.push === 'unlinked'));
    const again = await open();
    const hello = await again.ask('hello', { creds, counter: 0, browser: {} });
    expect(hello.status).toBe('unauthorized');
    await Promise.all([page.close(), again.close()]);
  });
});

describe('worlds', () => {
  test('nothing is seen across worlds', async () => {
    const [one, two] = [newWorld(), newWorld()];
    const [a, b] = await Promise.all([open(), open()]);
    await goOnline(here.phone, a, { world: one, phone: ann });
    await goOnline(here.phone, b, { world: two, phone: ben });
    await a.ask('send', {
      message: textMessage(ann, ben, 'X1', 'across?'),
      counter: 1,
      resend: false,
    });
    await here.phone.message({ world: two, account: ben, from: alice, body: 'inside' });
    await eventually(() => b.stanzas.length > 0);
    expect(b.heard()).toEqual(['inside']);
    expect(await refusal(here.phone.account({ world: two, account: ann }))).toBe('UNKNOWN_ACCOUNT');
    expect((await here.phone.wire({ world: two })).records).toEqual([]);
    await Promise.all([a.close(), b.close()]);
  });

  test('numbers exist from their first look-up, but those that begin with 1999 never do', async () => {
    const world = newWorld();
    const page = await open();
    await goOnline(here.phone, page, { world, phone: ann });
    const look = async (jid: string) => (await page.ask('exists', { jid })).person;
    expect(await look('19991234567@c.us')).toBeNull();
    const found = await look('4915112345678@c.us');
    expect(found?.pn).toBe('4915112345678@c.us');
    expect((await look(found?.lid ?? ''))?.pn).toBe('4915112345678@c.us');
    expect((await look(alice))?.name).toBe('Alice');
    await page.close();
  });

  test.each([
    ['the chat with somebody else', alice, ben, 'BAD_REQUEST'],
    ['the chat with the account itself', alice, ann, 'BAD_REQUEST'],
    ['a group that is not there', alice, '120363000000000001@g.us', 'UNKNOWN_GROUP'],
    ['a chat, from a LID that is none', '12ab@lid', undefined, 'BAD_PHONE'],
  ])('nobody writes in %s', async (_, from, chat, code) => {
    const world = newWorld();
    const page = await open();
    await goOnline(here.phone, page, { world, phone: ann });
    const said = { world, account: ann, from, body: 'hi', ...(chat === undefined ? {} : { chat }) };
    expect(await refusal(here.phone.message(said))).toBe(code);
    await page.close();
  });

  test('the control API wants its token', async () => {
    const response = await fetch(`${here.sandbox.controlUrl}/v1/info`, {
      headers: { authorization: 'Bearer no' },
    });
    expect(response.status).toBe(401);
  });
});

describe('delivery per device', () => {
  test('what is acknowledged never comes again, what is not comes on the next connection', async () => {
    const world = newWorld();
    const first = await open();
    const creds = await goOnline(here.phone, first, { world, phone: ann });
    for (const body of ['one', 'two', 'three']) {
      await here.phone.message({ world, account: ann, from: alice, body });
    }
    await eventually(() => first.stanzas.length === 3);
    first.acknowledge(first.stanzas.slice(0, 2).map(({ seq }) => seq));
    await eventually(
      async () => (await here.phone.account({ world, account: ann })).devices[0]?.waiting === 1,
    );
    first.drop();
    await eventually(async () => !(await here.phone.account({ world, account: ann })).online);
    await here.phone.message({ world, account: ann, from: alice, body: 'while away' });
    const second = await open();
    await resume(second, creds, 0);
    await eventually(() => second.stanzas.length === 2);
    expect(second.heard()).toEqual(['three', 'while away']);
    await second.close();
  });

  test('a device never gets its own sends back; the other device of the phone does', async () => {
    const world = newWorld();
    const [sender, other] = await Promise.all([open(), open()]);
    const creds = await goOnline(here.phone, sender, { world, phone: ann });
    await goOnline(here.phone, other, { world, phone: ann });
    const message = textMessage(ann, alice, 'OWN1', 'mine');
    await sender.ask('send', { message, counter: 1, resend: false });
    await eventually(() => other.heard().includes('mine'));
    await sender.close();
    const again = await open();
    await resume(again, creds, 1);
    await here.phone.message({ world, account: ann, from: alice, body: 'mark' });
    await eventually(() => again.heard().includes('mark'));
    expect([...sender.heard(), ...again.heard()]).not.toContain('mine');
    await Promise.all([other.close(), again.close()]);
  });

  test('history is given once', async () => {
    const world = newWorld();
    const page = await open();
    const before = await pair(here.phone, page, { world, phone: ann });
    await page.ask('hello', { creds: before, counter: 0, browser: {} });
    await here.phone.message({ world, account: ann, from: alice, body: 'old' });
    const bodies = async () => (await page.ask('history', {})).messages.map(({ body }) => body);
    expect(await bodies()).toEqual(['old']);
    expect(await bodies()).toEqual([]);
    await page.close();
  });
});

describe('what is recorded as a violation', () => {
  const kinds = async (world: string): Promise<string[]> =>
    (await here.phone.violations({ world })).violations.map(({ kind }) => kind);

  test('a wire id used twice, which nobody receives twice', async () => {
    const world = newWorld();
    const [a, b] = await Promise.all([open(), open()]);
    await goOnline(here.phone, a, { world, phone: ann });
    await goOnline(here.phone, b, { world, phone: ben });
    const message = textMessage(ann, ben, 'DUP', 'once');
    await a.ask('send', { message, counter: 1, resend: false });
    await a.ask('send', { message, counter: 2, resend: false });
    await a.ask('send', {
      message: textMessage(ann, ben, 'END', 'end'),
      counter: 3,
      resend: false,
    });
    await eventually(() => b.heard().includes('end'));
    expect(b.heard().filter((body) => body === 'once')).toHaveLength(1);
    expect(await kinds(world)).toEqual(['duplicate_wire_id']);
    await Promise.all([a.close(), b.close()]);
  });

  test('two connections for one link; the older one is told', async () => {
    const world = newWorld();
    const older = await open();
    const creds = await goOnline(here.phone, older, { world, phone: ann });
    const newer = await open();
    await resume(newer, creds, 0);
    await eventually(() => older.closed);
    expect(older.pushes.some((push) => push.push === 'conflict')).toBe(true);
    expect(await kinds(world)).toEqual(['two_connections']);
    expect((await here.phone.account({ world, account: ann })).devices[0]?.mostAtOnce).toBe(2);
    await newer.close();
  });

  test('one connection after the other is none', async () => {
    const world = newWorld();
    const first = await open();
    const creds = await goOnline(here.phone, first, { world, phone: ann });
    await first.close();
    const second = await open();
    await resume(second, creds, 0);
    expect(await kinds(world)).toEqual([]);
    const lines = async () =>
      (await here.phone.connections({ world, account: ann })).connections.map(
        ({ deviceId, from, to }) => ({ deviceId, long: (to ?? Infinity) - from, to }),
      );
    const [before, after] = await lines();
    expect(before?.deviceId).toBe(after?.deviceId);
    expect(before?.long).toBeGreaterThanOrEqual(0);
    expect(after?.to).toBeNull();
    await second.close();
    await eventually(async () => (await lines()).every(({ to }) => to !== null));
    expect(await lines()).toHaveLength(2);
  });

  test('a ratchet that went back, at hello and at a send', async () => {
    const world = newWorld();
    const page = await open();
    const creds = await goOnline(here.phone, page, { world, phone: ann });
    await page.ask('send', {
      message: textMessage(ann, alice, 'R1', 'a'),
      counter: 5,
      resend: false,
    });
    await page.ask('send', {
      message: textMessage(ann, alice, 'R2', 'b'),
      counter: 5,
      resend: false,
    });
    expect(await kinds(world)).toEqual(['ratchet_rolled_back']);
    await page.close();
    const restored = await open();
    await resume(restored, creds, 4);
    expect(await kinds(world)).toEqual(['ratchet_rolled_back', 'ratchet_rolled_back']);
    await restored.close();
  });
});

describe('faults', () => {
  test('a lost answer: recorded, silent, answered on the resend, delivered once', async () => {
    const world = newWorld();
    const [a, b] = await Promise.all([open(), open()]);
    const creds = await goOnline(here.phone, a, { world, phone: ann });
    await goOnline(here.phone, b, { world, phone: ben });
    await here.phone.faults({ world, account: ann, loseAck: 1 });
    const message = textMessage(ann, ben, 'LOST', 'heard once');
    const silent = a.ask('send', { message, counter: 1, resend: false }).catch(() => 'closed');
    const record = await eventually(async () => (await here.phone.wire({ world })).records[0]);
    expect(record).toMatchObject({ wireId: 'LOST', to: ben, body: 'heard once', attempts: 1 });
    a.drop();
    expect(await silent).toBe('closed');
    const again = await open();
    await eventually(async () => !(await here.phone.account({ world, account: ann })).online);
    await resume(again, creds, 1);
    await again.ask('send', { message, counter: 2, resend: true });
    await eventually(
      async () => (await here.phone.account({ world, account: ann })).messages[0]?.ack === 3,
    );
    expect((await here.phone.wire({ world })).records.map(({ attempts }) => attempts)).toEqual([2]);
    expect(b.heard().filter((body) => body === 'heard once')).toHaveLength(1);
    expect((await here.phone.violations({ world })).violations).toEqual([]);
    await Promise.all([again.close(), b.close()]);
  });

  test('refused sends leave no record', async () => {
    const world = newWorld();
    const page = await open();
    await goOnline(here.phone, page, { world, phone: ann });
    await here.phone.faults({ world, account: ann, failSends: 1 });
    const message = textMessage(ann, alice, 'F1', 'no');
    await expect(page.ask('send', { message, counter: 1, resend: false })).rejects.toThrow('500');
    expect((await here.phone.wire({ world })).records).toEqual([]);
    await page.close();
  });

  test('no network: the line is cut and hello refused until it is back', async () => {
    const world = newWorld();
    const page = await open();
    const creds = await goOnline(here.phone, page, { world, phone: ann });
    await here.phone.network({ world, account: ann, online: false });
    await eventually(() => page.closed);
    const early = await open();
    await expect(early.ask('hello', { creds, counter: 0, browser: {} })).rejects.toThrow('503');
    await here.phone.network({ world, account: ann, online: true });
    const hello = await early.ask('hello', { creds, counter: 0, browser: {} });
    expect(hello.status).toBe('ok');
    await early.close();
  });
});

test('the echo contact answers with a quote', async () => {
  const world = newWorld();
  const page = await open();
  await goOnline(here.phone, page, { world, phone: ann });
  await here.phone.faults({ world, account: ann, echoDelayMs: 1 });
  const message = textMessage(ann, '15550100010@c.us', 'E1', 'ping');
  await page.ask('send', { message, counter: 1, resend: false });
  const reply = await eventually(() => page.stanzas.find((stanza) => stanza.kind === 'message'));
  expect(reply).toMatchObject({ message: { body: 'You said: ping', quotedStanzaID: 'E1' } });
  await page.close();
});

test('kill -9 between the wire record and the answer loses neither record, message nor queue', async () => {
  const dir = await tempDir();
  const world = newWorld();
  const before = await forkSandbox(dir);
  const info = await before.phone.info({});
  const [a, b] = await Promise.all([FakePage.open(info.tlsPort), FakePage.open(info.tlsPort)]);
  const creds = await goOnline(before.phone, a, { world, phone: ann });
  const benCreds = await goOnline(before.phone, b, { world, phone: ben });
  await b.close();
  await before.phone.faults({ world, account: ann, ackDelaysMs: [60_000, -1, -1] });
  const message = textMessage(ann, ben, 'KILLED', 'survives');
  const answer = a
    .ask('send', { message, counter: 1, resend: false })
    .catch(() => 'never answered');
  await eventually(async () => (await before.phone.wire({ world })).records.length === 1);
  await kill(before.child);
  expect(await answer).toBe('never answered');

  const after = await forkSandbox(dir);
  await after.phone.faults({ world, account: ann, ackDelaysMs: [0, 1, 2] });
  const port = (await after.phone.info({})).tlsPort;
  const [a2, b2] = await Promise.all([FakePage.open(port), FakePage.open(port)]);
  await resume(a2, creds, 1);
  await a2.ask('send', { message, counter: 2, resend: true });
  await resume(b2, benCreds, 0);
  await eventually(() => b2.heard().includes('survives'));
  const { records } = await after.phone.wire({ world });
  expect(records.map(({ wireId, attempts }) => [wireId, attempts])).toEqual([['KILLED', 2]]);
  expect((await after.phone.violations({ world })).violations).toEqual([]);
  expect((await after.phone.info({})).spki).toBe(info.spki);
  await Promise.all([a2.close(), b2.close()]);
  const gone = new Promise((resolve) => after.child.once('exit', resolve));
  after.child.kill('SIGTERM');
  expect(await gone).toBe(0);
  await rm(dir, { recursive: true, force: true });
});
