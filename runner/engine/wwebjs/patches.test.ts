import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { missesDecryption } from './patches/late-decryption.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const ALICE = '15550100001@c.us';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('the patches on the page %s', (profile) => {
  let link: SandboxLink;
  const logged: Record<string, unknown>[] = [];
  const isMended = profile === 'stock';
  const patches = () => link.onPage('__waypost.patches');

  beforeAll(async () => {
    link = engineLink(sandbox, profile, { log: (entry) => logged.push(entry) });
    await link.link();
  });
  afterAll(() => link.end());

  it('say at the start which are needed, as far as that can be told', async () => {
    await expect
      .poll(() => logged.find(({ event }) => event === 'engine.surface'))
      .toMatchObject({
        missing: [],
        patches: {
          'one-injection': 'applied',
          'idle-qr': 'applied',
          'chat-events': 'applied',
          'late-decryption': 'applied',
          'guarded-listeners': 'applied',
          'send-hook': 'applied',
          'media-model-id': 'not met',
          'message-key-field': isMended ? 'not needed' : 'applied',
        },
      });
  });

  it('say of a file’s message whether its id had to be mended', async () => {
    const field = isMended ? '' : '__x_id: undefined,';
    await link.onPage(`(() => {
      const message = { id: 'ID', filehash: 'HASH', ${field} };
      for (const step of __waypost.beforeSend) step({}, message);
      return true;
    })()`);
    expect(await patches()).toMatchObject({
      'media-model-id': isMended ? 'not needed' : 'applied',
    });
  });

  it('are put once, however often the library puts its half on the page', async () => {
    const before = await patches();
    const counts = await link.onPage(`(() => {
      const { Msg } = require('WAWebCollections');
      const [on, steps] = [Msg.on, __waypost.beforeSend.length];
      window.WWebJS = { ...window.WWebJS };
      window.WWebJS.injectToFunction = (target, callback) => {
        try {
          callback(target);
        } catch {
          return target.apply(callback);
        }
      };
      let calls = 0;
      const count = (module, original, ...args) => {
        calls += 1;
        return original(...args);
      };
      const target = { module: 'WALinkify', function: 'findLink' };
      for (let each = 0; each < 2; each += 1) window.WWebJS.injectToFunction(target, count);
      require('WALinkify').findLink('');
      return [Msg.on === on, __waypost.beforeSend.length - steps, calls];
    })()`);
    expect(counts).toEqual([true, 0, 1]);
    expect(await patches()).toEqual(before);
    await sandbox.phone.pageReload(link.at);
    await link.event('connection', ({ connected }) => connected);
  });

  it('keep a late message that cannot be reported from stopping the page, and report why', async () => {
    const sealed = { ...link.at, from: ALICE, type: 'ciphertext' } as const;
    const { wireId } = await sandbox.phone.message(sealed);
    const isThere = `require('WAWebCollections').Msg.some(({ id }) => id.id === '${wireId}')`;
    await expect.poll(() => link.onPage(isThere)).toBe(true);
    await link.onPage(`(() => {
      const told = window.onWaypostDecrypted;
      window.onWaypostDecrypted = () => {
        window.onWaypostDecrypted = told;
        throw new Error('N'.repeat(5_000));
      };
      return true;
    })()`);
    await sandbox.phone.decrypt({ ...link.at, wireId, body: 'late' });
    const { detail } = await link.event('page_error', ({ where }) => where === 'late-decryption');
    expect(detail).toMatch(/^Error: N{200} \(at /);
  });

  it('report an error of any length in a line', async () => {
    await link.onPage(`(() => {
      const error = Object.assign(new Error('here'), { name: 'N'.repeat(5_000) });
      error.stack = 'at ' + 'x'.repeat(5_000);
      setTimeout(() => reportError(error));
      return true;
    })()`);
    const { detail } = await link.event('page_error', (error) => error.detail.startsWith('NNN'));
    expect(detail.length).toBeLessThan(600);
  });

  it('leave a send as it is', async () => {
    const wireId = newWireId();
    const content = { type: 'text', text: 'hi', linkPreview: false } as const;
    expect(await link.send({ wireId, chatId: ALICE, content })).toMatchObject({ outcome: 'sent' });
  });
});

it('late decryption is the library’s own when it no longer waits with each message', () => {
  expect(missesDecryption()).toBe(true);
  expect(missesDecryption('o.once("change:type",e=>window.onAddMessageEvent(e))')).toBe(true);
  expect(missesDecryption("Msg.on('change:type', (msg) => window.onAddMessageEvent(msg))")).toBe(
    false,
  );
});
