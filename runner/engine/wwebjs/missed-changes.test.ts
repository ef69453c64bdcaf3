import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { findChanges, type MissedChanges } from './page/missed-changes.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const ALICE = '15550100001@c.us';
const BOB = '15550100002@c.us';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('while the session was down, on the page %s', (profile) => {
  let link: SandboxLink;
  let groupId: string;
  let ahead = 0;

  beforeAll(async () => {
    link = engineLink(sandbox, profile, {
      now: () => Date.now() + ahead,
      times: { onlineMarkMs: 50 },
    });
    await link.link();
    const members = [`${link.phoneNumber}@c.us`, BOB];
    const { world } = link;
    ({ id: groupId } = await sandbox.phone.group({ world, owner: ALICE, subject: 'T', members }));
  });
  afterAll(() => link.end());

  const received = async (wish: { body: string; type?: 'poll'; pollOptions?: string[] }) => {
    const { wireId } = await sandbox.phone.message({ ...link.at, from: ALICE, ...wish });
    await link.fact('message.received', (one) => one.wireId === wireId);
    return wireId;
  };
  const messages = async () => ({
    poll: await received({ body: 'Tea?', type: 'poll', pollOptions: ['yes', 'no'] }),
    liked: await received({ body: 'liked' }),
    edited: await received({ body: 'before' }),
    deleted: await received({ body: 'deleted' }),
  });
  type Messages = Awaited<ReturnType<typeof messages>>;

  const everythingHappens = async (to: Messages, subject: string) => {
    const { phone } = sandbox;
    await phone.vote({ ...link.at, wireId: to.poll, from: BOB, options: ['no'] });
    await phone.reaction({ ...link.at, wireId: to.liked, from: ALICE, text: '👍' });
    await phone.edit({ ...link.at, wireId: to.edited, body: 'after' });
    await phone.revoke({ ...link.at, wireId: to.deleted });
    const action = { kind: 'subject', subject } as const;
    await phone.groupChange({ world: link.world, group: groupId, actor: ALICE, action });
  };
  const changeOf = (to: Messages, subject: string) => {
    const [alice, bob] = [ALICE, BOB].map((id) => expect.objectContaining({ id }));
    const updated = { groupId, change: 'subject', text: subject, on: null, by: alice };
    return [
      { kind: 'message.poll_vote', wireId: to.poll, chatId: ALICE, from: bob, options: ['no'] },
      { kind: 'message.reaction', wireId: to.liked, from: alice, fromMe: false, emoji: '👍' },
      { kind: 'message.edited', wireId: to.edited, fromMe: false, text: 'after' },
      { kind: 'message.revoked', wireId: to.deleted, chatId: ALICE, fromMe: false },
      { kind: 'relayed', event: { type: 'group.updated', data: updated } },
    ].map((fact) => expect.objectContaining(fact));
  };
  /** What was reported besides messages, their progress and the phone's signs of life. */
  const changes = (): FactReport[] =>
    link.events.flatMap((event) =>
      event.type === 'fact' &&
      !['message.received', 'message.ack', 'phone.seen'].includes(event.fact.kind)
        ? [event.fact]
        : [],
    );
  /** Up to when everything is reported, in Unix ms; the engine notes it once it has caught up. */
  const mark = () => Number(readFileSync(join(link.profileDir, 'waypost-last-online'), 'utf8'));
  const markAfter = async (at: number) => {
    await expect.poll(mark).toBeGreaterThan(at);
  };
  const reopenAfter = async (happens: () => Promise<void>) => {
    await link.engine.stop();
    await happens();
    const before = mark();
    await link.reopen();
    await markAfter(before);
  };
  it('every change is one event, the same as it would have been live', async () => {
    const live = await messages();
    await everythingHappens(live, 'Live');
    await expect.poll(() => changes().length).toBeGreaterThanOrEqual(6);
    const told = changes();
    const created = expect.objectContaining({ kind: 'relayed' });
    expect(told).toHaveLength(6);
    expect(told).toEqual(expect.arrayContaining([created, ...changeOf(live, 'Live')]));

    const away = await messages();
    await reopenAfter(() => everythingHappens(away, 'Away'));
    // Those of before are found again: the same facts, of which the edge makes the same events.
    expect(changes()).toHaveLength(11);
    expect(changes()).toEqual(expect.arrayContaining([...told, ...changeOf(away, 'Away')]));
  });

  it('an edit is found that was made on a phone whose clock is ten minutes behind', async () => {
    const wireId = await received({ body: 'before' });
    ahead = 600_000;
    await markAfter(Date.now() + 500_000);
    await reopenAfter(async () => {
      await sandbox.phone.edit({ ...link.at, wireId, body: 'after' });
    });
    const { fact } = await link.fact('message.edited', (one) => one.wireId === wireId);
    expect(fact.text).toBe('after');
  });

  it('of too many the oldest are left out, whatever their place in the table, and counted', async () => {
    const [first, second] = [await received({ body: 'one' }), await received({ body: 'two' })];
    for (const wireId of [second, first]) {
      await sandbox.phone.edit({ ...link.at, wireId, body: 'after' });
      await link.fact('message.edited', (fact) => fact.wireId === wireId);
    }
    const request = { since: 0, loadSince: 0, perChat: 1, inAll: 1 };
    const found = await link.onPage(
      `(() => {return (${String(findChanges)})(${JSON.stringify(request)})})()`,
    );
    expect(found).toMatchObject({
      keys: [expect.stringContaining(first)],
      skipped: { chats: expect.any(Number), changes: expect.any(Number) },
    });
    const { skipped } = found as MissedChanges;
    expect([skipped.chats > 0, skipped.changes > 0]).toEqual([true, true]);
  });

  it('and none again once it was reported', async () => {
    ahead = 3_600_000;
    await markAfter(Date.now() + 3_000_000);
    await reopenAfter(() => Promise.resolve());
    expect(changes()).toEqual([]);
  });
});
