import type { GroupAddResult } from '../../../../shared/catalogue/live/groups.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { PageParticipant } from '../page/live-modules.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = 'createGroup' | 'addGroupMembers' | 'changeGroupMembers';
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

/** Who is in a group. One result for each person that the request names, from what the group is afterwards. */
export const GROUP_MEMBERS: Implementers<LivePage, Names> = {
  createGroup: onPage(createGroup),
  addGroupMembers: onPage(addGroupMembers),
  changeGroupMembers: onPage(changeGroupMembers),
};

/** Runs on the page. */
function createGroup({ subject, members }: EngineInput<'createGroup'>): Answer<'createGroup'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const { getPhoneNumber } = page.require('WAWebApiContact');
    const met = await Promise.all(members.map(async (id) => ({ id, wid: await live.meet(id) })));
    const people = met.flatMap(({ wid }) =>
      wid === null || live.isMe(wid) ? [] : [{ phoneNumber: getPhoneNumber(wid) ?? wid }],
    );
    if (people.length === 0)
      live.refuse(
        'RECIPIENT_NOT_ON_WHATSAPP',
        'None of these people is on WhatsApp; the group was not created.',
      );
    const options = {
      addressingModeOverride: 'lid',
      memberAddMode: false,
      membershipApprovalMode: false,
      announce: false,
      restrict: false,
      ephemeralDuration: 0,
      title: subject,
    };
    const made = await page.require('WAWebGroupCreateJob').createGroup(options, people);
    const chat = await groups.open(made.wid._serialized, 'member');

    const resultOf = async ({ id, wid }: (typeof met)[number]): Promise<GroupAddResult> => {
      if (wid === null) return { id, result: 'not_on_whatsapp', code: null };
      if (live.isMe(wid)) return { id, result: 'already_member', code: null };
      if (groups.find(chat.groupMetadata, wid) !== undefined)
        return { id, result: 'added', code: 200 };
      const answer = made.participants.find((one) =>
        live.idsOf(one.wid).some((form) => live.idsOf(wid).includes(form)),
      );
      const code = answer?.error === undefined ? null : Number(answer.error);
      if (code === 404) return { id, result: 'not_on_whatsapp', code };
      const { invite_code: invitation, invite_code_exp: expires } = answer ?? {};
      const isInvited =
        code === 403 &&
        invitation !== undefined &&
        (await groups.invite(wid, chat, invitation, String(expires)));
      return { id, result: isInvited ? 'invited' : 'forbidden', code };
    };
    const results: GroupAddResult[] = [];
    for (const one of met) results.push(await resultOf(one));
    return { group: groups.view(chat), results };
  });
}

/** Runs on the page. */
function addGroupMembers({
  groupId,
  members,
  invite,
}: EngineInput<'addGroupMembers'>): Answer<'addGroupMembers'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'member');
    if (groups.settingsOf(chat.groupMetadata).onlyAdminsAdd) groups.requireAdmin(chat);
    const { getPhoneNumber } = page.require('WAWebApiContact');

    const add = async (id: string): Promise<GroupAddResult> => {
      const wid = await live.meet(id);
      if (wid === null) return { id, result: 'not_on_whatsapp', code: null };
      if (groups.find(chat.groupMetadata, wid) !== undefined)
        return { id, result: 'already_member', code: null };
      const person = getPhoneNumber(wid) ?? wid;
      const answer = await page.WWebJS.getAddParticipantsRpcResult(chat.id, person);
      const { code, inviteV4Code, inviteV4CodeExp } = answer;
      if (code === 200) return { id, result: 'added', code };
      if (code === 404) return { id, result: 'not_on_whatsapp', code };
      if (code === 409) return { id, result: 'already_member', code };
      const isInvited =
        invite &&
        code === 403 &&
        inviteV4Code !== undefined &&
        (await groups.invite(person, chat, inviteV4Code, String(inviteV4CodeExp)));
      return { id, result: isInvited ? 'invited' : 'forbidden', code };
    };
    const results: GroupAddResult[] = [];
    for (const [at, id] of members.entries()) {
      // Additions in quick succession look automated.
      if (at > 0) await live.pause(250 + Math.random() * 250);
      results.push(await add(id));
    }

    const after = await groups.open(groupId, 'member');
    const { createWid } = page.require('WAWebWidFactory');
    const isMember = (id: string) => groups.find(after.groupMetadata, createWid(id)) !== undefined;
    return {
      group: groups.view(after),
      results: results.map((one) =>
        one.result === 'added' && !isMember(one.id) ? { ...one, result: 'forbidden' } : one,
      ),
    };
  });
}

/** Runs on the page. */
function changeGroupMembers({
  groupId,
  members,
  change,
}: EngineInput<'changeGroupMembers'>): Answer<'changeGroupMembers'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'admin');
    const { createWid } = page.require('WAWebWidFactory');
    const isSo = (one: PageParticipant | undefined): boolean => {
      if (change === 'remove') return one === undefined;
      return (one?.isAdmin === true || one?.isSuperAdmin === true) === (change === 'promote');
    };
    const named = await Promise.all(
      members.map(async (id) => {
        const wid = (await live.meet(id)) ?? createWid(id);
        return { id, wid, before: groups.find(chat.groupMetadata, wid) };
      }),
    );
    // Of itself, a number makes no admin and takes nothing; it leaves.
    const concerned = named.flatMap(({ wid, before }) =>
      before === undefined || isSo(before) || live.isMe(wid) ? [] : [before],
    );
    if (concerned.length > 0) {
      const actions = page.require('WAWebModifyParticipantsGroupAction');
      await actions[`${change}Participants`](chat, concerned);
    }

    const after = await groups.open(groupId, 'member');
    return {
      group: groups.view(after),
      results: named.map(({ id, wid, before }) => {
        if (before === undefined) return { id, result: 'not_a_member' };
        if (isSo(before)) return { id, result: 'unchanged' };
        const now = groups.find(after.groupMetadata, wid);
        return { id, result: isSo(now) ? 'done' : 'forbidden' };
      }),
    };
  });
}
