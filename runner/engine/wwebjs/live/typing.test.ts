import { afterAll, beforeAll, expect, it } from 'vitest';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

let sandbox: TestSandbox;
let link: SandboxLink;
let other: SandboxLink;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  link = engineLink(sandbox, '2026-09');
  other = Object.assign(engineLink(sandbox, '2026-09'), { world: link.world });
  await Promise.all([link.link(), other.link()]);
});
afterAll(async () => {
  await Promise.all([link.end(), other.end()]);
  await sandbox.close();
});

/** Each has a chat with the other, in which something was said. */
async function meet(one: SandboxLink, from: string): Promise<void> {
  const { wireId } = await sandbox.phone.message({ ...one.at, from, body: 'hi' });
  await one.fact('message.received', (fact) => fact.wireId === wireId);
}

it.each(['typing', 'recording'] as const)(
  'the other side sees %s until its time is over',
  async (state) => {
    await Promise.all([meet(link, other.phoneNumber), meet(other, link.phoneNumber)]);
    await other.onPage(`(() => {
      globalThis.seen = [];
      for (const chat of require('WAWebCollections').Chat.getModelsArray())
        chat.on('typing', (state) => globalThis.seen.push(state));
      return true;
    })()`);
    const chatId = `${other.phoneNumber}@c.us`;
    await link.engine.ask('showChatState', { chatId, state, forMs: 200 });
    const shown = state === 'typing' ? 'composing' : 'recording';
    await expect.poll(() => other.onPage('globalThis.seen')).toContain('paused');
    const seen = await other.onPage('[...new Set(globalThis.seen)]');
    expect(seen).toEqual([shown, 'paused']);
  },
);
