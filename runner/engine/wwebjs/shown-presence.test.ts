import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { createWwebjsEngine } from './engine.ts';
import { testChromium } from './testing/env.ts';
import { SandboxLink, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('on the page %s', (profile) => {
  let link: SandboxLink;

  async function linked(alwaysOnline: boolean): Promise<void> {
    link = new SandboxLink(sandbox, profile, (options, emit) =>
      createWwebjsEngine(options, emit, {
        chromiumPath: testChromium(),
        sandboxArgs: sandbox.chromiumArgs(profile),
        log: () => undefined,
      }),
    );
    link.conduct = { alwaysOnline };
    link.renew();
    await link.link();
  }

  /** Everything that the device said of being online, oldest first. */
  async function said(): Promise<unknown[]> {
    const { notes } = await sandbox.phone.account(link.at);
    return notes.filter(({ what }) => what === 'presence').map(({ data }) => data);
  }

  /** Something is marked as read, for which the library is online for a moment; then the line breaks, then the page reloads. */
  async function liveThroughADay(): Promise<void> {
    const { wireId } = await sandbox.phone.message({ ...link.at, from: '15550100001', body: 'hi' });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
    await link.onPage(`WWebJS.sendSeen('15550100001@c.us')`);
    await link.engine.ask('markChatSeen', { chatId: '15550100001@c.us' });
    const isBack = ({ connected }: { connected: boolean }): boolean => connected;
    await sandbox.phone.network({ ...link.at, online: false, forMs: 300 });
    await link.event('connection', ({ connected }) => !connected);
    await link.event('connection', isBack);
    link.events.length = 0;
    await sandbox.phone.pageReload(link.at);
    await link.event('connection', isBack);
  }

  afterAll(() => link.end());

  it('the device is never online by default, whatever happens', async () => {
    await linked(false);
    await liveThroughADay();
    const words = await said();
    expect(words.length).toBeGreaterThanOrEqual(3);
    expect(words).toEqual(words.map(() => ({ available: false })));
    await link.end();
  });

  it('the device is always online where the session wants it', async () => {
    await linked(true);
    await liveThroughADay();
    const words = await said();
    expect(words.length).toBeGreaterThanOrEqual(3);
    expect(words).toEqual(words.map(() => ({ available: true })));
  });
});
