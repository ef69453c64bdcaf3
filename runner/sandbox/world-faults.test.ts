import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakePage, goOnline, resume, textMessage } from './testing/fake-page.ts';
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
