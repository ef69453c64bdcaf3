import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxRefusal } from './control-client.ts';
import { FakePage, goOnline, qrOf, textMessage } from './testing/fake-page.ts';
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
