import { afterAll, beforeAll, expect, it } from 'vitest';
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
  link = engineLink(sandbox, 'stock', { times: { limitsLeastMs: 0 } });
  await link.link();
});
afterAll(async () => {
  await link.end();
  await sandbox.close();
});

/** WhatsApp takes a message and then reports an error for it. */
async function refused(): Promise<void> {
  const wireId = newWireId();
  await sandbox.phone.faults({ ...link.at, ackDelaysMs: [-1, -1, -1] });
  const content = { type: 'text', text: 'hi', linkPreview: false } as const;
  await link.engine.send({ wireId, chatId: '15550100001@c.us', content });
  await expect.poll(() => link.wire()).toContainEqual(expect.objectContaining({ wireId }));
  await sandbox.phone.ack({ ...link.at, wireId, ack: -1 });
  await link.fact('message.ack', (fact) => fact.wireId === wireId && fact.ack === -1);
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
  await refused();
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
  for (let each = 0; each < 3; each += 1) await refused();
  expect(await asked()).toBe(1);
  await link.onPage(`(globalThis.letGo({ capping_status: 'FIRST_WARNING' }), true)`);
  await expect.poll(asked).toBe(2);
  await link.onPage(`(() => {
    require('WAWebMexFetchNewChatMessageCappingInfoJob').mexFetchNewChatMessageCapping = wasAsked;
    globalThis.letGo({ capping_status: 'FIRST_WARNING' });
      return true;
    })()`);
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
