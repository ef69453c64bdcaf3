import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineInput, EngineOperation, EngineOutput } from '../../operations.ts';
import type { ListEnd } from '../../../../shared/catalogue/live/fields.ts';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

const [alice, bob, carol, pat, nobody] = [
  '15550100001@c.us',
  '15550100002@c.us',
  '15550100003@c.us',
  '15550100009@c.us',
  '19991110000@c.us',
];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('groups on the page %s', (profile) => {
  let link: SandboxLink;
  let me: string;

  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    me = `${link.phoneNumber}@c.us`;
    await link.link();
  });
  afterAll(() => link.end());

  const ask = <Name extends EngineOperation>(name: Name, input: EngineInput<Name>) =>
    link.engine.ask(name, input);

  async function newGroup(members: string[] = [alice], subject = 'Team'): Promise<string> {
    const { group } = await ask('createGroup', { subject, members });
    return group.id;
  }

  /** A group of Alice's, in which the number is a member. */
  async function groupOfAlice(approval = false): Promise<string> {
    const members = [link.phoneNumber, '15550100002'];
    const made = { world: link.world, owner: '15550100001', subject: 'Hers', members, approval };
    const { id } = await sandbox.phone.group(made);
    await expect
      .poll(() => ask('getGroup', { groupId: id }).catch(() => null), { timeout: 5_000 })
      .toMatchObject({ myRole: 'member' });
    return id;
  }

  const refused = (code: string, details = {}) => expect.objectContaining({ code, ...details });

  it('is made with one result a person', async () => {
    const members = [alice, pat, nobody, me];
    const { group, results } = await ask('createGroup', { subject: 'Team', members });
    expect(results).toEqual([
      { id: alice, result: 'added', code: 200 },
      { id: pat, result: 'invited', code: 403 },
      { id: nobody, result: 'not_on_whatsapp', code: null },
      { id: me, result: 'already_member', code: null },
    ]);
    expect(group).toMatchObject({ subject: 'Team', myRole: 'owner', memberCount: 2 });
    expect(group.members.map(({ id, role }) => [id, role])).toEqual([
      [me, 'owner'],
      [alice, 'member'],
    ]);
    expect(await ask('getGroup', { groupId: group.id })).toEqual(group);
    expect((await link.wire()).some(({ to }) => to === pat)).toBe(true);
  });

  it('is not made for people of whom none is on WhatsApp', async () => {
    await expect(ask('createGroup', { subject: 'Empty', members: [nobody] })).rejects.toEqual(
      refused('RECIPIENT_NOT_ON_WHATSAPP'),
    );
  });

  it('takes members in with one result a person, however they are named', async () => {
    const groupId = await newGroup();
    const lid = (await ask('isOnWhatsApp', { chatId: carol })).lid ?? carol;
    const members = [alice, bob, lid, pat, nobody];
    const { group, results } = await ask('addGroupMembers', { groupId, members, invite: false });
    expect(results.map(({ id, result }) => [id, result])).toEqual([
      [alice, 'already_member'],
      [bob, 'added'],
      [lid, 'added'],
      [pat, 'forbidden'],
      [nobody, 'not_on_whatsapp'],
    ]);
    expect(group.members.map(({ id }) => id)).toEqual([me, alice, bob, carol]);
    const again = await ask('addGroupMembers', { groupId, members: [pat], invite: true });
    expect(again.results).toEqual([{ id: pat, result: 'invited', code: 403 }]);
  });

  it('changes its members with one result a person', async () => {
    const groupId = await newGroup([alice, bob]);
    const change = (change: 'remove' | 'promote' | 'demote', ...members: string[]) =>
      ask('changeGroupMembers', { groupId, members, change });
    expect((await change('promote', alice, carol)).results).toEqual([
      { id: alice, result: 'done' },
      { id: carol, result: 'not_a_member' },
    ]);
    expect((await change('promote', alice)).results).toEqual([{ id: alice, result: 'unchanged' }]);
    expect((await change('demote', alice, me)).results).toEqual([
      { id: alice, result: 'done' },
      { id: me, result: 'forbidden' },
    ]);
    const { group, results } = await change('remove', bob, nobody);
    expect(results).toEqual([
      { id: bob, result: 'done' },
      { id: nobody, result: 'not_a_member' },
    ]);
    expect(group.members.map(({ id }) => id)).toEqual([me, alice]);
  });

  it('changes subject, description, settings and picture, as read back', async () => {
    const groupId = await newGroup();
    const subject = 'The *team* 🎉';
    expect(await ask('updateGroup', { groupId, subject, description: 'We meet.' })).toMatchObject({
      subject,
      description: 'We meet.',
    });
    expect(await ask('updateGroup', { groupId, description: '' })).toMatchObject({
      subject,
      description: null,
    });
    const settings = {
      onlyAdminsSend: true,
      onlyAdminsEdit: true,
      onlyAdminsAdd: false,
      approvesMembers: true,
    };
    expect((await ask('setGroupSettings', { groupId, settings })).settings).toEqual(settings);
    const one = { onlyAdminsSend: false };
    expect((await ask('setGroupSettings', { groupId, settings: one })).settings).toEqual({
      ...settings,
      ...one,
    });
    const picture = { mimetype: 'image/png', base64: PNG };
    expect(await ask('setGroupPicture', { groupId, picture })).toEqual({
      url: expect.stringContaining('https://pps.whatsapp.net/'),
    });
    await expect(
      ask('setGroupPicture', { groupId, picture: { ...picture, base64: btoa('no image') } }),
    ).rejects.toEqual(refused('MEDIA_REJECTED'));
    expect(await ask('setGroupPicture', { groupId, picture: null })).toEqual({ url: null });
  });

  it('refuses what only admins may do with the role needed', async () => {
    const groupId = await groupOfAlice();
    const needs = refused('FORBIDDEN', { details: { needs: 'admin', role: 'member' } });
    const members = [carol];
    await expect(ask('addGroupMembers', { groupId, members, invite: true })).rejects.toEqual(needs);
    await expect(
      ask('changeGroupMembers', { groupId, members: [bob], change: 'remove' }),
    ).rejects.toEqual(needs);
    await expect(
      ask('setGroupSettings', { groupId, settings: { onlyAdminsSend: true } }),
    ).rejects.toEqual(needs);
    for (const name of ['getGroupInvite', 'revokeGroupInvite', 'listGroupJoinRequests'] as const)
      await expect(ask(name, { groupId }), name).rejects.toEqual(needs);
    expect(await ask('updateGroup', { groupId, subject: 'Ours' })).toMatchObject({
      subject: 'Ours',
    });
    const action = { kind: 'setting', setting: 'restrict', on: true } as const;
    const { world } = link;
    await sandbox.phone.groupChange({ world, group: groupId, actor: '15550100001', action });
    await expect(ask('updateGroup', { groupId, subject: 'Mine' })).rejects.toEqual(needs);
  });

  it('gives an invite link and a new one, shows where it leads, and joins by it', async () => {
    const groupId = await newGroup();
    const first = await ask('getGroupInvite', { groupId });
    expect(first.link).toBe(`https://chat.whatsapp.com/${first.code}`);
    const second = await ask('revokeGroupInvite', { groupId });
    expect(second.code).not.toBe(first.code);
    await expect(ask('previewGroupInvite', { code: first.code })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
    expect(await ask('previewGroupInvite', { code: second.code })).toMatchObject({
      id: groupId,
      subject: 'Team',
      memberCount: 2,
    });
    expect(await ask('joinGroup', { code: second.code })).toEqual({
      id: groupId,
      status: 'already_member',
    });
    expect(await ask('leaveGroup', { groupId })).toEqual({ left: true });
    for (const name of ['getGroup', 'leaveGroup'] as const)
      await expect(ask(name, { groupId }), name).rejects.toEqual(refused('NOT_FOUND'));
    expect(await ask('joinGroup', { code: second.code })).toEqual({
      id: groupId,
      status: 'joined',
    });
    expect(await ask('getGroup', { groupId })).toMatchObject({ myRole: 'member' });
  });

  it('waits for approval where a group wants it', async () => {
    const { world } = link;
    const owner = '15550100001';
    const made = { world, owner, subject: 'Closed', members: ['15550100002'], approval: true };
    const { invite, id } = await sandbox.phone.group(made);
    expect(await ask('joinGroup', { code: invite })).toEqual({ id, status: 'requested' });
    await expect(ask('getGroup', { groupId: id })).rejects.toEqual(refused('NOT_FOUND'));
  });

  it('answers join requests, one result a person', async () => {
    const groupId = await newGroup();
    const { world } = link;
    for (const from of ['15550100002', '15550100003'])
      await sandbox.phone.groupRequest({ world, group: groupId, from });
    const { requests } = await ask('listGroupJoinRequests', { groupId });
    expect(requests.map(({ id }) => id)).toEqual([bob, carol]);
    const approved = await ask('answerGroupJoinRequests', {
      groupId,
      members: [bob, pat],
      approve: true,
    });
    expect(approved.results).toEqual([
      { id: bob, result: 'done' },
      { id: pat, result: 'not_requested' },
    ]);
    const rejected = await ask('answerGroupJoinRequests', {
      groupId,
      members: [carol],
      approve: false,
    });
    expect(rejected.results).toEqual([{ id: carol, result: 'done' }]);
    expect(rejected.group.members.map(({ id }) => id)).toEqual([me, alice, bob]);
    expect(await ask('listGroupJoinRequests', { groupId })).toEqual({ requests: [] });
  });

  it('lists groups in pages, each once', async () => {
    const listed: string[] = [];
    let after: ListEnd | null = null;
    do {
      const page: EngineOutput<'listGroups'> = await ask('listGroups', { after, limit: 2 });
      expect(page.groups.length).toBeLessThanOrEqual(2);
      listed.push(...page.groups.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(2);
  });

  it('is NOT_FOUND where there is none', async () => {
    const groupId = '120363000000000001@g.us';
    await expect(ask('getGroup', { groupId })).rejects.toEqual(refused('NOT_FOUND'));
  });
});
