import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('status posts on the page %s', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  });
  afterAll(() => link.end());

  const posts = async () => (await link.engine.ask('listStatus', {})).posts;
  const post = (text: string, color = '#7acca5', font = 0) =>
    link.engine.ask('postStatus', { text, color, font });

  it('are posted, listed newest first, and deleted', async () => {
    expect(await posts()).toEqual([]);
    const first = await post('Open on Sunday', '#ff0000', 3);
    expect(first).toEqual({
      wireId: expect.any(String),
      type: 'chat',
      text: 'Open on Sunday',
      postedAt: expect.any(String),
    });
    const again = await post('Open on Sunday');
    expect(again.wireId).not.toBe(first.wireId);
    expect(await posts()).toEqual([again, first]);
    const { notes } = await sandbox.phone.account(link.at);
    expect(notes.filter(({ what }) => what === 'status').map(({ data }) => data)).toEqual([
      { text: 'Open on Sunday', color: 0xff7acca5, font: 0 },
      { text: 'Open on Sunday', color: 0xffff0000, font: 3 },
    ]);
    const { wireId } = first;
    expect(await link.engine.ask('deleteStatus', { wireId })).toEqual({ deleted: true });
    expect(await posts()).toEqual([again]);
    await expect(link.engine.ask('deleteStatus', { wireId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('are there after a restart as they were before', async () => {
    await post('Closed on Monday');
    const before = await posts();
    expect(before).toHaveLength(2);
    await link.engine.stop();
    await link.reopen();
    expect(await posts()).toEqual(before);
    const [newest, oldest] = before;
    const { wireId } = newest ?? { wireId: '' };
    expect(await link.engine.ask('deleteStatus', { wireId })).toEqual({ deleted: true });
    expect(await posts()).toEqual([oldest]);
  });
});
