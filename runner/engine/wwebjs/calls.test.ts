import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const ALICE = '15550100001';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('on the page %s', (profile) => {
  describe.each([false, true])('with rejectCalls %s', (rejectCalls) => {
    let link: SandboxLink;
    beforeAll(async () => {
      link = engineLink(sandbox, profile);
      link.conduct = { alwaysOnline: false, rejectCalls, presenceOf: [] };
      link.renew();
      await link.link();
    });
    afterAll(() => link.end());

    /** Ids of the calls that WhatsApp was told to reject. */
    async function rejections(): Promise<unknown[]> {
      const { notes } = await sandbox.phone.account(link.at);
      return notes.flatMap(({ what, data }) => {
        const { children = [] } = Object(data) as { children?: { attrs: object }[] };
        return what === 'stanza' ? children.map(({ attrs }) => Object(attrs)['call-id']) : [];
      });
    }

    it.each([
      ['a call', {}],
      ['a video call', { video: true }],
      ['a call to a group', { group: true }],
    ])('%s is told of once', async (_what, kind) => {
      const { callId } = await sandbox.phone.call({ ...link.at, from: ALICE, ...kind });
      const isThis = (fact: { key: string }): boolean => fact.key === callId;
      const { fact } = await link.fact('relayed', isThis);
      expect(fact.event).toMatchObject({
        type: 'call.received',
        data: {
          callId,
          from: { id: `${ALICE}@c.us`, lid: expect.stringMatching(/@lid$/), name: 'Alice' },
          isVideo: 'video' in kind,
          isGroup: 'group' in kind,
          rejected: rejectCalls,
        },
      });
      expect((await rejections()).includes(callId)).toBe(rejectCalls);
    });

    it('a call can be rejected while it rings', async () => {
      const { callId } = await sandbox.phone.call({ ...link.at, from: ALICE });
      await link.fact('relayed', (fact) => fact.key === callId);
      const reject = () =>
        link.engine.ask('rejectCall', { callId }).catch(({ code }: { code: string }) => code);
      expect(await reject()).toEqual(rejectCalls ? 'NOT_FOUND' : { rejected: true });
      expect(await rejections()).toContain(callId);
      expect(await reject()).toBe('NOT_FOUND');
    });
  });
});
