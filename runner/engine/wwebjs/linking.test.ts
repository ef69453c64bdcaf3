import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { modalLanguages } from '../../sandbox/protocol/profile.ts';
import { testPrograms, type TestPrograms } from '../../programs/testing/programs.ts';
import { processEngineFactory } from '../process/process-engine.ts';
import { wwebjsHost } from './host.ts';
import { until } from '../wait.ts';
import { processesOfProfile } from '../process-tree.ts';
import { startConnectProxy } from '../../egress/testing/connect-proxy.ts';
import { testChromium } from './testing/env.ts';
import { engineLink } from './testing/engine-link.ts';
import { SandboxLink, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import type { EngineTimes } from './times.ts';

let sandbox: TestSandbox;
let program: TestPrograms;
const links: SandboxLink[] = [];
const logged: Record<string, unknown>[] = [];
/** Where the name of a proxy resolves to. */
let proxyAddress = '127.0.0.1';

beforeAll(async () => {
  sandbox = await startTestSandbox();
  program = await testPrograms();
}, 60_000);
afterEach(async () => {
  for (const link of links.splice(0)) await link.end();
});
afterAll(async () => {
  await sandbox.close();
  await program.remove();
});

function newLink(times: Partial<EngineTimes> = {}, profile: 'stock' | '2026-09' = 'stock') {
  const link = engineLink(sandbox, profile, {
    egressAllow: ['127.0.0.1/32'],
    resolve: async () => [{ address: proxyAddress, family: 4 }],
    log: (entry) => logged.push(entry),
    times,
  });
  links.push(link);
  return link;
}

/** With the engine in a process of its own, as the runner has it. */
function newProcessLink() {
  const link = new SandboxLink(
    sandbox,
    'stock',
    processEngineFactory({
      program: program.session,
      hosts: {
        wwebjs: wwebjsHost({
          chromiumPath: testChromium(),
          sandboxChromiumArgs: (profile) => sandbox.chromiumArgs(profile),
        }),
      },
      log: () => undefined,
    }),
  );
  links.push(link);
  return link;
}

describe('a code to type on the phone', () => {
  it('links the phone that has the number, and no other', async () => {
    const link = newProcessLink();
    await link.engine.start();
    await link.event('qr');
    const shown = await link.engine.ask('requestPairingCode', { phone: link.phoneNumber });
    if (shown.outcome !== 'shown') throw new Error(shown.outcome);
    expect(shown.code).toMatch(/^[A-Z1-9]{8}$/);
    expect(shown.expiresAt).toBeGreaterThan(Date.now());
    const { phone } = sandbox;
    const { code } = shown;
    await expect(
      phone.enterCode({ world: link.world, code, phone: '15559999999' }),
    ).rejects.toMatchObject({ code: 'CODE_WRONG_PHONE' });
    await phone.enterCode({ world: link.world, code, phone: link.phoneNumber });
    expect((await link.event('ready')).me.phoneNumber).toBe(link.phoneNumber);
    expect(link.events.filter(({ type }) => type === 'pairing_code')).toHaveLength(1);
    expect(await link.engine.ask('requestPairingCode', { phone: link.phoneNumber })).toEqual({
      outcome: 'already_linked',
    });
    const usage = await link.engine.usage();
    expect(usage?.processes).toBeGreaterThan(3);
    expect(usage?.pssBytes ?? 0).toBeGreaterThan(50 * 1024 * 1024);
  });

  it('changes by itself, and only the newest is good', async () => {
    const link = newLink({ pairingCodeMs: 1_000 });
    await link.engine.start();
    await link.event('qr');
    await link.engine.ask('requestPairingCode', { phone: link.phoneNumber });
    const codes = () =>
      link.events.flatMap((event) => (event.type === 'pairing_code' ? [event.code] : []));
    expect(await until(() => codes().length >= 2, 10_000)).toBe(true);
    const [first = ''] = codes();
    const type = (code: string) =>
      sandbox.phone.enterCode({ world: link.world, code, phone: link.phoneNumber });
    await expect(type(first)).rejects.toMatchObject({ code: 'CODE_UNKNOWN' });
    // The newest one may be replaced while it is being typed.
    await expect
      .poll(
        () =>
          type(codes().at(-1) ?? '').then(
            () => 'linked',
            () => 'again',
          ),
        {
          timeout: 10_000,
        },
      )
      .toBe('linked');
    await link.event('ready');
  });

  it('is refused for a number that is not on WhatsApp; the QR code still links', async () => {
    const link = newLink();
    await link.engine.start();
    await link.event('qr');
    expect(await link.engine.ask('requestPairingCode', { phone: '19990001234' })).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('not on WhatsApp'),
    });
    const { qr } = await link.event('qr');
    await link.scan(qr);
    await link.event('ready');
  });
});

describe('the end of a link', () => {
  it('by logout: the phone lists the device no more, and the next start shows a new code', async () => {
    const link = newProcessLink();
    await link.link();
    await link.engine.logout();
    expect(link.events.slice(-2)).toMatchObject([
      { type: 'logged_out', reason: 'requested' },
      { type: 'closed' },
    ]);
    const { devices } = await sandbox.phone.account(link.at);
    expect(devices).toEqual([]);
    expect(processesOfProfile(link.profileDir)).toEqual([]);
    expect(readdirSync(link.dir)).toContainEqual(expect.stringMatching(/^profile\.quarantine-/));
    link.renew();
    await link.engine.start();
    expect((await link.event('qr')).qr).toMatch(/^2@/);
    expect(link.events.map(({ type }) => type)).not.toContain('authenticated');
  });

  it('by the phone: the engine ends, and a new one links anew and stays linked', async () => {
    const link = newLink();
    await link.link();
    await sandbox.phone.unlink({ ...link.at, mode: 'logout' });
    await link.event('logged_out');
    await link.event('closed');
    link.renew();
    await link.link();
    await link.engine.stop();
    // With the library's own page after a logout nothing would be persisted here.
    expect((await link.reopen()).me.phoneNumber).toBe(link.phoneNumber);
    expect(link.events.map(({ type }) => type)).not.toContain('qr');
  });
});

describe('what the page asks of a person', () => {
  it.each(modalLanguages)('the dialog after linking is answered in %s', async (modalLanguage) => {
    logged.length = 0;
    const link = newLink({ dialogEveryMs: 100 });
    await sandbox.phone.faults({ modal: 'on', modalLanguage });
    try {
      await link.link();
      const answered = () => logged.some(({ event }) => event === 'engine.dialog_acknowledged');
      expect(await until(answered, 10_000)).toBe(true);
      expect(await link.onPage(`document.querySelector('[role="dialog"]') === null`)).toBe(true);
      expect(link.events.map(({ type }) => type)).not.toContain('action_required');
      await link.engine.stop();
      await link.reopen();
      expect(link.events.map(({ type }) => type)).not.toContain('logged_out');
    } finally {
      await sandbox.phone.faults({ modal: 'auto', modalLanguage: 'en' });
    }
  });

  it('a dialog with a choice is left to a person', async () => {
    const link = newLink({ dialogEveryMs: 100 });
    await link.link();
    await link.onPage(
      `document.body.insertAdjacentHTML('beforeend', '<div role="dialog"><button>Ja</button><button>Nein</button></div>')`,
    );
    expect(await link.event('action_required')).toMatchObject({ action: 'dismiss_dialog' });
  });

  it('a passkey and its confirmation on the phone are reported; then it links', async () => {
    const link = newProcessLink();
    await link.engine.start();
    const { qr } = await link.event('qr');
    const actions = () =>
      link.events.flatMap((event) => (event.type === 'action_required' ? [event.action] : []));
    await sandbox.phone.passkey({ qr, step: 'ask' });
    await link.event('action_required');
    expect(actions()).toEqual(['passkey_required']);
    await sandbox.phone.passkey({ qr, step: 'give' });
    await link.event('action_required', ({ action }) => action === 'passkey_confirmation_required');
    expect(link.events.map(({ type }) => type)).not.toContain('authenticated');
    await link.scan(qr);
    await link.event('ready');
  });

  it('a passkey that only fills in a form is not reported', async () => {
    const link = newLink();
    await link.link();
    await link.onPage(
      `navigator.credentials.get({ mediation: 'conditional', publicKey: { challenge: new Uint8Array(32) }, signal: AbortSignal.timeout(100) }).catch(() => 1)`,
    );
    expect(link.events.map(({ type }) => type)).not.toContain('action_required');
  });
});

describe('a proxy', () => {
  it('carries all of its session and nothing of another', async () => {
    const account = { username: 'customer', password: 'hunter2' };
    const proxy = await startConnectProxy({ targetPort: sandbox.tlsPort('stock'), ...account });
    try {
      const other = newLink();
      await other.link();
      expect(proxy.asked).toEqual([]);

      const link = newLink();
      link.proxy = { url: proxy.url, ...account };
      link.renew();
      await link.link();
      const tunnels = proxy.asked.filter(({ authorization }) => authorization !== null);
      expect(tunnels.map(({ place }) => place)).toContain('web.whatsapp.com:443');
      // Page and socket both go by it: with the proxy gone, nothing is left that could reach the world.
      await proxy.close();
      await link.event('connection', ({ connected }) => !connected);
    } finally {
      await proxy.close();
    }
  });

  it('whose name moves to a private address is not dialled there', async () => {
    const account = { username: 'customer', password: 'hunter2' };
    const proxy = await startConnectProxy({ targetPort: sandbox.tlsPort('stock'), ...account });
    const link = newLink({ startMs: 15_000 });
    link.proxy = { url: proxy.url.replace('127.0.0.1', 'proxy.test'), ...account };
    link.renew();
    await link.link();
    await link.engine.stop();
    proxyAddress = '127.0.0.2';
    try {
      const asked = proxy.asked.length;
      link.renew();
      const why = 'its proxy cannot be used: proxy.test has a loopback address';
      await expect(link.engine.start()).rejects.toThrow(why);
      expect(await link.event('closed')).toMatchObject({
        reason: 'start_failed',
        detail: expect.stringContaining(why),
      });
      expect(proxy.asked).toHaveLength(asked);
      expect(logged.map(({ event }) => event)).toContain('engine.proxy_failed');
    } finally {
      proxyAddress = '127.0.0.1';
      await proxy.close();
    }
  });

  it('that refuses the log-in leaves no other way out', async () => {
    const account = { username: 'customer', password: 'hunter2' };
    const proxy = await startConnectProxy({ targetPort: sandbox.tlsPort('stock'), ...account });
    const link = newLink({ startMs: 15_000 });
    link.proxy = { url: proxy.url, username: 'customer', password: 'wrong' };
    link.renew();
    await expect(link.engine.start()).rejects.toThrow('it refuses the login (407)');
    expect(link.events.map(({ type }) => type)).not.toContain('qr');
    const asked = proxy.asked.filter(({ place }) => place === 'web.whatsapp.com:443');
    expect(asked.length).toBeGreaterThan(0);
    await proxy.close();
  });
});
