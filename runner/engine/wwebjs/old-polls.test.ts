import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const ALICE = '15550100001@c.us';
const BOB = '15550100002@c.us';
const POLL = { type: 'poll', name: 'Tea?', options: ['yes', 'no'], allowMultiple: true } as const;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('polls older than the last restart, on the page %s', (profile) => {
  let link: SandboxLink;
  let ours: string;
  let theirs: string;

  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
    ours = newWireId();
    await link.send({
      wireId: ours,
      chatId: ALICE,
      content: { ...POLL, options: [...POLL.options] },
    });
    const asked = { type: 'poll' as const, body: POLL.name, pollOptions: [...POLL.options] };
    ({ wireId: theirs } = await sandbox.phone.message({ ...link.at, from: ALICE, ...asked }));
    await link.fact('message.received', ({ wireId }) => wireId === theirs);
    // More than a page keeps in memory of a chat when it starts.
    for (let n = 0; n < 25; n += 1)
      await sandbox.phone.message({ ...link.at, from: ALICE, body: `later ${n}` });
    await link.fact('message.received', ({ text }) => text === 'later 24');
    await link.engine.stop();
    await sandbox.phone.vote({ ...link.at, wireId: ours, from: BOB, options: ['yes'] });
    await link.reopen();
  });
  afterAll(() => link.end());

  it('a vote that came while the engine was down is reported', async () => {
    const { fact } = await link.fact('message.poll_vote', ({ wireId }) => wireId === ours);
    expect(fact).toMatchObject({ from: { id: BOB }, options: ['yes'] });
  });

  it.each([
    ['of ours', () => ours],
    ['of theirs', () => theirs],
  ])('a vote in a poll %s comes with the texts', async (_whose, poll) => {
    const wireId = poll();
    await sandbox.phone.vote({ ...link.at, wireId, from: ALICE, options: ['no'] });
    const { fact } = await link.fact(
      'message.poll_vote',
      (vote) => vote.wireId === wireId && vote.from.id === ALICE,
    );
    expect(fact).toMatchObject({ chatId: ALICE, options: ['no'] });
  });
});
