import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('on the page %s', (profile) => {
  let link: SandboxLink;

  async function linked(alwaysOnline: boolean): Promise<void> {
    link = engineLink(sandbox, profile);
    link.conduct = { alwaysOnline, rejectCalls: false };
    link.renew();
    await link.link();
  }

  /** Everything that the device said of being online. */
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

  const presenceOf = (phone: string) => link.engine.ask('getPresence', { chatId: `${phone}@c.us` });

  it('shows whether others are online, if they show it', async () => {
    const [alice, bob, carol] = ['15550100001', '15550100002', '15550100003'] as const;
    const { world } = link;
    const show = (
      from: string,
      state: 'available' | 'unavailable' | 'typing' | 'recording_audio',
    ) => sandbox.phone.presence({ world, from, state, lastSeenAt: 1_795_000_000 });
    await show(alice, 'available');
    expect(await presenceOf(alice)).toEqual({
      id: `${alice}@c.us`,
      online: true,
      lastSeenAt: null,
      doing: null,
    });
    for (const [state, expected] of [
      ['typing', { online: true, doing: 'typing' }],
      ['recording_audio', { online: true, doing: 'recording' }],
      ['unavailable', { online: false, doing: null, lastSeenAt: '2026-11-18T11:06:40.000Z' }],
    ] as const) {
      await show(alice, state);
      await expect.poll(() => presenceOf(alice), { timeout: 5_000 }).toMatchObject(expected);
    }
    await show(bob, 'unavailable');
    expect(await presenceOf(bob)).toMatchObject({ online: false });
    expect(await presenceOf(carol)).toMatchObject({ online: null, lastSeenAt: null });
    await expect(presenceOf('19991110000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not shown others’ presence while it is not online itself', async () => {
    await link.end();
    await linked(false);
    await expect(presenceOf('15550100001')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
