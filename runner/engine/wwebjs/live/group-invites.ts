import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names =
  | 'getGroupInvite'
  | 'revokeGroupInvite'
  | 'previewGroupInvite'
  | 'joinGroup'
  | 'leaveGroup'
  | 'listGroupJoinRequests'
  | 'answerGroupJoinRequests';
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

/** How one comes into a group by its link, and out of it. */
export const GROUP_INVITES: Implementers<LivePage, Names> = {
  getGroupInvite: onPage(getGroupInvite),
  revokeGroupInvite: onPage(revokeGroupInvite),
  previewGroupInvite: onPage(previewGroupInvite),
  joinGroup: onPage(joinGroup),
  leaveGroup: onPage(leaveGroup),
  listGroupJoinRequests: onPage(listGroupJoinRequests),
  answerGroupJoinRequests: onPage(answerGroupJoinRequests),
};

/** Runs on the page. */
function getGroupInvite({ groupId }: EngineInput<'getGroupInvite'>): Answer<'getGroupInvite'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const { id } = await groups.open(groupId, 'admin');
    const { fetchMexGroupInviteCode } = page.require('WAWebMexFetchGroupInviteCodeJob');
    const answer = await fetchMexGroupInviteCode(id._serialized);
    const code = typeof answer === 'string' ? answer : answer?.code;
    if (code === undefined) return live.refuse('NOT_FOUND', 'The group has no invite link.');
    return { code, link: `https://chat.whatsapp.com/${code}` };
  });
}

/** Runs on the page. */
function revokeGroupInvite({
  groupId,
}: EngineInput<'revokeGroupInvite'>): Answer<'revokeGroupInvite'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const { id } = await groups.open(groupId, 'admin');
    const { code } = await page.require('WAWebGroupQueryJob').resetGroupInviteCode(id);
    return { code, link: `https://chat.whatsapp.com/${code}` };
  });
}

/** Runs on the page. */
function previewGroupInvite({
  code,
}: EngineInput<'previewGroupInvite'>): Answer<'previewGroupInvite'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const info = await page.require('WAWebGroupQueryJob').queryGroupInvite(code);
    if (info == null) return live.refuse('NOT_FOUND', 'This invite link is not valid.');
    const { id, subject, desc = '', size, membershipApprovalMode } = info;
    return {
      id: id._serialized,
      subject,
      description: desc === '' ? null : desc,
      memberCount: size ?? null,
      approvesMembers: membershipApprovalMode === true,
    };
  });
}

/** Runs on the page. */
function joinGroup({ code }: EngineInput<'joinGroup'>): Answer<'joinGroup'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const { Chat } = page.require('WAWebCollections');
    const info = await page.require('WAWebGroupQueryJob').queryGroupInvite(code);
    if (info == null) return live.refuse('NOT_FOUND', 'This invite link is not valid.');
    const id = info.id._serialized;
    const isMember = (): boolean => {
      const metadata = Chat.get(info.id)?.groupMetadata;
      return metadata !== undefined && groups.roleIn(metadata) !== null;
    };
    if (isMember()) return { id, status: 'already_member' };
    await page.require('WAWebGroupInviteJob').joinGroupViaInvite(code);
    if (info.membershipApprovalMode === true) return { id, status: 'requested' };
    await page.require('WAWebFindChatAction').findOrCreateLatestChat(info.id);
    await groups.open(id, 'member');
    return { id, status: 'joined' };
  });
}

/** Runs on the page. */
function leaveGroup({ groupId }: EngineInput<'leaveGroup'>): Answer<'leaveGroup'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'member');
    await page.require('WAWebExitGroupAction').sendExitGroup(chat);
    // The page learns of it by a notification; nobody may ask about a group that they have left.
    for (let waited = 0; groups.roleIn(chat.groupMetadata) !== null; waited += 250) {
      if (waited >= 10_000) return live.refuse('CONFLICT', 'The number is still in the group.');
      await live.pause(250);
    }
    return { left: true };
  });
}

/** Runs on the page. */
function listGroupJoinRequests({
  groupId,
}: EngineInput<'listGroupJoinRequests'>): Answer<'listGroupJoinRequests'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const { id } = await groups.open(groupId, 'admin');
    const store = page.require('WAWebApiMembershipApprovalRequestStore');
    const requests = (await store.getMembershipApprovalRequests(id)) ?? [];
    return {
      requests: requests.map((one) => ({
        ...live.person(one.id),
        requestedAt: live.timeOf(one.t),
      })),
    };
  });
}

/** Runs on the page. */
function answerGroupJoinRequests({
  groupId,
  members,
  approve,
}: EngineInput<'answerGroupJoinRequests'>): Answer<'answerGroupJoinRequests'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'admin');
    const { createWid } = page.require('WAWebWidFactory');
    const store = page.require('WAWebApiMembershipApprovalRequestStore');
    const requests = async () =>
      ((await store.getMembershipApprovalRequests(chat.id)) ?? []).map((one) => one.id);
    const requestOf = (id: string, open: Awaited<ReturnType<typeof requests>>) =>
      open.find((one) => live.idsOf(one).some((form) => live.idsOf(createWid(id)).includes(form)));

    const before = await requests();
    const asked = members.flatMap((id) => requestOf(id, before) ?? []);
    if (asked.length > 0)
      await page.WWebJS.membershipRequestAction(
        groupId,
        approve ? 'Approve' : 'Reject',
        asked.map((one) => one._serialized),
        [250, 500],
      );

    const after = await groups.open(groupId, 'member');
    const left = await requests();
    return {
      group: groups.view(after),
      results: members.map((id) => {
        if (requestOf(id, before) === undefined) return { id, result: 'not_requested' };
        const isStill = requestOf(id, left) !== undefined;
        const isIn = groups.find(after.groupMetadata, createWid(id)) !== undefined;
        return { id, result: isStill || isIn !== approve ? 'forbidden' : 'done' };
      }),
    };
  });
}
