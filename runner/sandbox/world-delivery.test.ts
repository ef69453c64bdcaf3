import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakePage, goOnline, pair, resume, textMessage } from './testing/fake-page.ts';
import { eventually, testSandbox } from './testing/sandbox.ts';
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
