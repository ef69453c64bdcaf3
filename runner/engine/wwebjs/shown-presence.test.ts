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
    link = engineLink(sandbox, profile, { times: { presenceMs: 200 } });
    link.conduct = { alwaysOnline, rejectCalls: false, presenceOf: [] };
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
      await expect.poll(() => presenceOf(alice)).toMatchObject(expected);
    }
    await show(bob, 'unavailable');
    expect(await presenceOf(bob)).toMatchObject({ online: false });
    expect(await presenceOf(carol)).toMatchObject({ online: null, lastSeenAt: null });
    await expect(presenceOf('19991110000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reports who of the subscribed comes, writes and goes, over a break of the line and a restart', async () => {
    const phone = '15550105001';
    const { world } = link;
    const uma = { world, phone, pushname: 'Uma', hides: 'phone', username: 'uma.u' } as const;
    const { lid } = await sandbox.phone.contact(uma);
    const show = (state: 'available' | 'unavailable' | 'typing') =>
      sandbox.phone.presence({ world, from: phone, state, lastSeenAt: 1_795_000_000 });
    const from = { id: lid, lid, phone: null, username: 'uma.u', name: 'Uma' };
    const told = () =>
      link.events.flatMap((event) =>
        event.type === 'fact' &&
        event.fact.kind === 'relayed' &&
        event.fact.event.type === 'presence.update'
          ? [event.fact.event.data]
          : [],
      );
    const tells = async (expected: object[]): Promise<void> => {
      const whole = expected.map((data) => ({ from, ...data }));
      await expect.poll(told).toEqual(whole);
    };
    const online = { online: true, lastSeenAt: null, doing: null };
    const left = { online: false, lastSeenAt: '2026-11-18T11:06:40.000Z', doing: null };

    const subscribe = (subscribed: boolean) =>
      link.engine.ask('subscribePresence', { chatId: lid, subscribed });
    link.events.length = 0;
    expect(await subscribe(true)).toEqual({ id: lid, ids: [lid] });
    await show('available');
    await tells([online]);
    await show('typing');
    await tells([online, { ...online, doing: 'typing' }]);

    link.events.length = 0;
    await sandbox.phone.network({ ...link.at, online: false, forMs: 300 });
    await link.event('connection', ({ connected }) => connected);
    await show('unavailable');
    await tells([left]);

    await link.engine.stop();
    link.conduct = { ...link.conduct, presenceOf: [lid] };
    await link.reopen();
    await tells([left]);
    await subscribe(false);
    await show('available');
    const bob = '15550100002@c.us';
    await link.engine.ask('subscribePresence', { chatId: bob, subscribed: true });
    await expect.poll(() => told().map((data) => data.from.id)).toEqual([lid, bob]);
  });

  it('is not shown others’ presence while it is not online itself', async () => {
    await link.end();
    await linked(false);
    await expect(presenceOf('15550100001')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
