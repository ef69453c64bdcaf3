import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelayedEvent } from '../../../shared/catalogue/events/relayed.ts';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import type { GroupAction } from '../../sandbox/protocol/operations.ts';
import { groupFact } from './group-events.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const [alice, bob, carol, nobody] = [
  '15550100001@c.us',
  '15550100002@c.us',
  '15550100003@c.us',
  '19991110000@c.us',
];

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('groups on the page %s', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  });
  afterAll(() => link.end());

  const told = (): RelayedEvent[] =>
    link.events.flatMap((event) =>
      event.type === 'fact' && event.fact.kind === 'relayed' ? [event.fact.event] : [],
    );

  it('tell of each real change, and of no other', async () => {
    const { world } = link;
    const me = `${link.phoneNumber}@c.us`;
    const members = [me, bob];
    const wish = { world, owner: alice, subject: 'Team', members, approval: true };
    const { id: groupId } = await sandbox.phone.group(wish);
    const does = async (action: GroupAction, actor = alice): Promise<void> => {
      await sandbox.phone.groupChange({ world, group: groupId, actor, action });
    };
    await does({ kind: 'add', members: [carol] });
    await does({ kind: 'add', members: [nobody] });
    await does({ kind: 'add', members: [carol] });
    await does({ kind: 'promote', members: [me, carol] });
    await does({ kind: 'demote', members: [carol] });
    await does({ kind: 'subject', subject: 'Readers' });
    await does({ kind: 'description', description: 'On Mondays', id: 'D1' });
    await does({ kind: 'description', description: '', id: 'D2' });
    await does({ kind: 'setting', setting: 'announce', on: true });
    await does({ kind: 'setting', setting: 'restrict', on: false });
    await does({ kind: 'setting', setting: 'memberAddMode', on: true });
    await does({ kind: 'setting', setting: 'approval', on: true });
    await does({ kind: 'resetInvite' });
    await sandbox.phone.groupRequest({ world, group: groupId, from: '15550104201' });
    await does({ kind: 'approve', members: ['15550104201@c.us'] });
    await does({ kind: 'leave' }, bob);
    await link.engine.ask('updateGroup', { groupId, subject: 'Mine' });
    await does({ kind: 'remove', members: [me] });

    const who = (id: string) => expect.objectContaining({ id });
    const people = (change: string, ids: string[], by = alice) => ({
      type: 'group.members',
      data: { groupId, change, members: ids.map(who), by: who(by) },
    });
    const update = (
      change: string,
      text: string | null,
      on: boolean | null = null,
      by = alice,
    ) => ({ type: 'group.updated', data: { groupId, change, text, on, by: who(by) } });
    const expected = [
      update('created', 'Team'),
      people('added', [carol]),
      people('promoted', [me, carol]),
      people('demoted', [carol]),
      update('subject', 'Readers'),
      update('description', 'On Mondays'),
      update('description', null),
      update('only_admins_send', null, true),
      update('only_admins_edit', null, false),
      update('only_admins_add', null, false),
      update('approves_members', null, true),
      update('invite_link', null),
      { type: 'group.join_request', data: { groupId, from: who('15550104201@c.us') } },
      people('joined', ['15550104201@c.us']),
      people('left', [bob], bob),
      update('subject', 'Mine', null, me),
      people('removed', [me]),
    ];
    await expect
      .poll(() => told().at(-1), { timeout: 10_000 })
      .toMatchObject({ type: 'group.members', data: { change: 'removed' } });
    expect(told()).toEqual(expected);
  });
});

const GROUP = '120363012345678901@g.us';
const notice = (type: string, rest: Record<string, unknown> = {}) => ({
  id: { fromMe: false, remote: GROUP, id: '3A00', participant: alice },
  type,
  body: '',
  timestamp: 1_795_000_000,
  author: alice,
  recipientIds: [bob],
  ...rest,
});

it.each([
  ['members who did not join after all', notice('add', { recipientIds: [] })],
  ['what says nothing of the group', notice('growth_locked')],
  ['no id', notice('add', { id: null })],
  ['no time', notice('subject', { timestamp: undefined })],
  ['nobody who asks', notice('membership_approval_request', { author: undefined })],
])('a notice with %s is no event', (_what, given) => {
  expect(groupFact(given, () => undefined)).toBeNull();
});

it('a setting whose word is unknown is neither on nor off', () => {
  const fact = groupFact(notice('announce', { body: 'sometimes' }), () => undefined);
  expect(fact).toMatchObject({ key: '3A00', event: { data: { on: null } } });
});
