import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const DAY = 86_400;
const from = Date.UTC(2026, 10, 1) / 1_000;
const to = from + 30 * DAY;
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

let sandbox: TestSandbox;
let link: SandboxLink;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  link = engineLink(sandbox, 'stock', { times: { limitsLeastMs: 0, refusalMs: 20_000 } });
  await link.link();
});
afterAll(async () => {
  await link.end();
  await sandbox.close();
});

const content = { type: 'text', text: 'hi', linkPreview: false } as const;
const STRANGER = '15550100001@c.us';
const BOB = '15550100002';

/** WhatsApp takes a message and then reports an error for it. */
async function refused(chatId = STRANGER) {
  const wireId = newWireId();
  await sandbox.phone.faults({ ...link.at, ackDelaysMs: [-1, -1, -1] });
  await link.engine.send({ wireId, chatId, content });
  await expect.poll(() => link.wire()).toContainEqual(expect.objectContaining({ wireId }));
  await sandbox.phone.ack({ ...link.at, wireId, ack: -1 });
  return link.fact('message.ack', (fact) => fact.wireId === wireId && fact.ack === -1);
}

/** He writes to us. */
async function bobWrites(): Promise<string> {
  const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body: 'hello' });
  const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
  return fact.chatId;
}

it('are reported once online, and anew when WhatsApp has refused a message', async () => {
  const none = { status: 'none', used: 0, quota: 0, cycleStartsAt: null, cycleEndsAt: null };
  expect(await link.event('limits')).toEqual({
    type: 'limits',
    limits: { newChats: none, timeLock: { active: false, until: null } },
  });

  const cap = { status: 'CAPPED', used: 50, quota: 50, from, to } as const;
  await sandbox.phone.limits({ ...link.at, cap, lockedUntil: from + DAY });
  await refused();
  const capped = {
    status: 'capped',
    used: 50,
    quota: 50,
    cycleStartsAt: iso(from),
    cycleEndsAt: iso(to),
  };
  expect(await link.event('limits', ({ limits }) => limits.timeLock?.active === true)).toEqual({
    type: 'limits',
    limits: { newChats: capped, timeLock: { active: true, until: iso(from + DAY) } },
  });
});

it('stay as they are known where WhatsApp does not answer', async () => {
  await link.onPage(`(() => {
    const job = require('WAWebMexFetchNewChatMessageCappingInfoJob');
    globalThis.wasAsked = job.mexFetchNewChatMessageCapping;
    job.mexFetchNewChatMessageCapping = () => Promise.reject(new Error('timed out'));
      return true;
    })()`);
  await sandbox.phone.limits({ ...link.at, cap: null, lockedUntil: null });
  const { fact } = await refused();
  expect(fact.error).toMatchObject({ code: 'NEW_CHATS_LIMITED' });
  const { limits } = await link.event(
    'limits',
    (event) => event.limits.timeLock?.active === false && event.limits.newChats?.status !== 'none',
  );
  expect(limits.newChats).toMatchObject({ status: 'capped', used: 50 });
});

it('are asked about one question at a time, and once more for what was refused meanwhile', async () => {
  await link.onPage(`(() => {
    globalThis.asked = 0;
    require('WAWebMexFetchNewChatMessageCappingInfoJob').mexFetchNewChatMessageCapping = () => {
      globalThis.asked += 1;
      return new Promise((resolve) => { globalThis.letGo = resolve; });
    };
      return true;
    })()`);
  const asked = () => link.onPage('globalThis.asked');
  // Who has written is not why a message is refused, so its ack waits for no look.
  const bob = await bobWrites();
  for (let each = 0; each < 3; each += 1) await refused(bob);
  expect(await asked()).toBe(1);
  await link.onPage(`(globalThis.letGo({ capping_status: 'FIRST_WARNING' }), true)`);
  await expect.poll(asked).toBe(2);
  await link.onPage(`(() => {
    require('WAWebMexFetchNewChatMessageCappingInfoJob').mexFetchNewChatMessageCapping = wasAsked;
    globalThis.letGo({ capping_status: 'FIRST_WARNING' });
      return true;
    })()`);
});

describe.each([
  { what: 'the time lock', cap: null, lockedUntil: from + DAY, ends: from + DAY },
  {
    what: 'the cap on new chats',
    cap: { status: 'CAPPED', used: 50, quota: 50, from, to },
    lockedUntil: null,
    ends: to,
  },
] as const)('name $what as the reason of a failed message', ({ cap, lockedUntil, ends }) => {
  const code = 'NEW_CHATS_LIMITED';
  const message = expect.stringContaining(iso(ends));
  beforeAll(() => sandbox.phone.limits({ ...link.at, cap, lockedUntil }));

  it('with its ack, when it is looked up, and where the page shows it already', async () => {
    const { fact } = await refused();
    expect(fact.error).toEqual({ code, message });
    const { wireId } = fact;
    const again = await link.engine.send({ wireId, chatId: STRANGER, content });
    expect(again).toEqual({ outcome: 'failed', code, message });
    expect(await link.engine.ask('lookUp', { wireId, chatId: STRANGER })).toMatchObject({
      ack: -1,
      error: { code, message },
    });
  });

  it('not to somebody who has written', async () => {
    const bob = await bobWrites();
    const { fact } = await refused(bob);
    expect(fact).not.toHaveProperty('error');
    const again = await link.engine.send({ wireId: fact.wireId, chatId: bob, content });
    expect(again).toMatchObject({ outcome: 'failed', code: 'MESSAGE_FAILED' });
  });
});

it('are no reason of a failed message while nothing is limited', async () => {
  await sandbox.phone.limits({ ...link.at, cap: null, lockedUntil: null });
  expect((await refused()).fact).not.toHaveProperty('error');
});

it('are null where the page does not know of them', async () => {
  await link.onPage(
    `delete require('WAWebMexFetchNewChatMessageCappingInfoJob').mexFetchNewChatMessageCapping`,
  );
  await sandbox.phone.limits({ ...link.at, cap: null, lockedUntil: from + DAY });
  await refused();
  const { limits } = await link.event('limits', (event) => event.limits.newChats === null);
  expect(limits.timeLock).toEqual({ active: true, until: iso(from + DAY) });
});
