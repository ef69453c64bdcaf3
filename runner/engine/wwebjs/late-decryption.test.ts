import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const BOB = '15550100002';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)(
  'a message that is ciphertext at first, on the page %s',
  (profile) => {
    let link: SandboxLink;
    let ahead = 0;
    beforeAll(async () => {
      link = engineLink(sandbox, profile, {
        now: () => Date.now() + ahead,
        times: { onlineMarkMs: 50 },
      });
      await link.link();
    });
    afterAll(() => link.end());

    /** @param body what the phone sends when it is asked to send it again; left out, it does not */
    const sealed = async (body?: string) => {
      const content = { type: 'ciphertext', ...(body === undefined ? {} : { body }) } as const;
      return (await sandbox.phone.message({ ...link.at, from: BOB, ...content })).wireId;
    };
    const decrypt = (wireId: string, body: string) =>
      sandbox.phone.decrypt({ ...link.at, wireId, body });
    const readable = async (body: string) => {
      const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body });
      await link.fact('message.received', (one) => one.wireId === wireId);
    };
    /** The texts of its events. */
    const events = (wireId: string) =>
      link.events.flatMap((event) =>
        event.type === 'fact' &&
        event.fact.kind === 'message.received' &&
        event.fact.wireId === wireId
          ? [event.fact.text]
          : [],
      );

    it('is one event when it is readable, live', async () => {
      const wireId = await sealed();
      await readable('after it');
      expect(events(wireId)).toEqual([]);
      await decrypt(wireId, 'came live');
      const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
      expect(fact).toMatchObject({ chatId: `${BOB}@c.us`, backfilled: false });
      await readable('last');
      expect(events(wireId)).toEqual(['came live']);
    });

    it('is one event when it came while the session was down', async () => {
      await link.engine.stop();
      const wireId = await sealed();
      await link.reopen();
      await readable('back again');
      expect(events(wireId)).toEqual([]);
      await decrypt(wireId, 'came meanwhile');
      await link.fact('message.received', (one) => one.wireId === wireId);
      await readable('last');
      expect(events(wireId)).toEqual(['came meanwhile']);
    });

    it('is asked for again when it came while the session was down', async () => {
      await link.engine.stop();
      const wireId = await sealed('sent again');
      await link.reopen();
      await link.fact('message.received', (one) => one.wireId === wireId);
      await readable('last');
      expect(events(wireId)).toEqual(['sent again']);
    });

    it('is one event when it is decrypted while the session is down, long after it came', async () => {
      const wireId = await sealed();
      await readable('before the stop');
      ahead = 600_000;
      const mark = () => Number(readFileSync(join(link.profileDir, 'waypost-last-online'), 'utf8'));
      // It keeps nothing else from being done with.
      await expect.poll(mark).toBeGreaterThan(Date.now() + 300_000);
      await link.engine.stop();
      await decrypt(wireId, 'decrypted meanwhile');
      await link.reopen();
      const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
      expect(fact.backfilled).toBe(true);
      await readable('last');
      expect(events(wireId)).toEqual(['decrypted meanwhile']);
      await link.engine.stop();
      await link.reopen();
      await readable('after another restart');
      expect(events(wireId)).toEqual([]);
    });
  },
);
