import type { Group } from '../../protocol/records.ts';
import type { GroupAction } from '../../protocol/operations.ts';
import type { Core } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import { ServerStatusCodeError } from '../errors.ts';
import { applyGroup, ensureChat, refreshGroup } from '../chats.ts';
import { toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';
import { nowSeconds } from '../core.ts';

type HasId = { id: Wid };
type CreateOptions = {
  title: string;
  announce?: boolean;
  restrict?: boolean;
  memberAddMode?: boolean;
  membershipApprovalMode?: boolean;
};
type RequestArgs = {
  iqTo: string;
  approveArgs?: { participantArgs: { participantJid: string }[] };
  rejectArgs?: { participantArgs: { participantJid: string }[] };
};

const inviteLifeSeconds = 259_200;

function adopt(core: Core, group: Group): ChatModel {
  const state = {
    id: group.id,
    t: nowSeconds(),
    unread: 0,
    archived: false,
    pinned: 0,
    muted: 0,
    labels: [],
  };
  return ensureChat(core, state, false, group);
}

async function change(
  core: Core,
  id: unknown,
  action: GroupAction,
): Promise<Record<string, number>> {
  const groupId = toWid(id).toString();
  const { group, codes } = await core.transport.ask('groupChange', { id: groupId, action });
  const chat = core.collections.Chat.get(groupId);
  if (chat !== undefined) applyGroup(core, chat, group);
  return codes;
}

/** The answer of the add-participants request, as deep as WhatsApp nests it. */
function addAnswer(code: number, inviteCode: string): object {
  const mixins =
    code === 200
      ? undefined
      : {
          name: code === 403 ? 'ParticipantRequestCodeCanBeSent' : 'ParticipantError',
          value: {
            error: String(code),
            addRequestCode: inviteCode,
            addRequestExpiration: nowSeconds() + inviteLifeSeconds,
          },
        };
  return {
    name: 'AddParticipantsResponseSuccess',
    value: {
      addParticipant: [
        {
          addParticipantsParticipantAddedOrNonRegisteredWaUserParticipantErrorLidResponseMixinGroup:
            {
              value: { addParticipantsParticipantMixins: mixins },
            },
        },
      ],
    },
  };
}

/** Groups. */
export function groupModules(core: Core): Record<string, object> {
  const { directory, transport } = core;
  const members = (participants: HasId[]): string[] =>
    participants.map(({ id }) => directory.canonical(id));
  const settings: Record<string, 'announce' | 'restrict' | 'memberAddMode' | 'approval'> = {
    announcement: 'announce',
    restrict: 'restrict',
    member_add_mode: 'memberAddMode',
    membership_approval_mode: 'approval',
  };
  const current = (id: unknown): string =>
    core.collections.Chat.get(toWid(id))?.groupMetadata?.id.toString() ?? toWid(id).toString();
  const inviteOf = async (id: unknown): Promise<string> =>
    (await transport.ask('groupQuery', { id: current(id) })).group?.invite ?? '';

  return {
    WAWebGroupCreateJob: {
      createGroup: async (options: CreateOptions, people: { phoneNumber: Wid }[]) => {
        const { group, results } = await transport.ask('groupCreate', {
          subject: options.title,
          members: people.map(({ phoneNumber }) => directory.canonical(phoneNumber)),
          announce: options.announce ?? false,
          restrict: options.restrict ?? false,
          memberAddMode: options.memberAddMode ?? false,
          approval: options.membershipApprovalMode ?? false,
        });
        adopt(core, group);
        return {
          wid: toWid(group.id),
          subject: group.subject,
          creation: group.creation,
          participants: results.map(({ pn, error, inviteCode, inviteExpiry }) => ({
            wid: directory.address(pn),
            error: error ?? undefined,
            type: pn === group.owner ? 'superadmin' : undefined,
            invite_code: inviteCode,
            invite_code_exp: inviteExpiry,
          })),
        };
      },
    },
    WAWebGroupQueryJob: {
      queryAndUpdateGroupMetadataById: async ({ id }: { id: unknown }) => {
        const { group } = await transport.ask('groupQuery', { id: current(id) });
        if (group === null) throw new ServerStatusCodeError(403, 'no member of the group');
        const chat = core.collections.Chat.get(group.id);
        if (chat !== undefined) applyGroup(core, chat, group);
        return chat?.groupMetadata;
      },
      queryGroupInvite: async (code: string) => {
        const { group } = await transport.ask('groupInvite', { code });
        return group === null
          ? null
          : {
              id: toWid(group.id),
              subject: group.subject,
              desc: group.description,
              owner: directory.address(group.owner),
              creation: group.creation,
              size: group.participants.length,
              membershipApprovalMode: group.approval,
            };
      },
      resetGroupInviteCode: async (id: Wid) => {
        await change(core, id, { kind: 'resetInvite' });
        return { code: await inviteOf(id) };
      },
    },
    WAWebMexFetchGroupInviteCodeJob: {
      fetchMexGroupInviteCode: async (id: unknown) => ({ code: await inviteOf(id) }),
    },
    WAWebGroupInviteJob: {
      joinGroupViaInvite: async (code: string) => {
        const { group } = await transport.ask('groupJoin', { code });
        // Who has to be approved first has no chat yet.
        if (group.participants.some(({ pn }) => core.me.pn?.toString() === pn)) adopt(core, group);
        return { gid: toWid(group.id) };
      },
    },
    WAWebGroupInviteV4Job: {
      joinGroupViaInviteV4: async (code: string) => {
        const { group } = await transport.ask('groupJoin', { code });
        adopt(core, group);
        return { status: 200 };
      },
    },
    WASmaxGroupsAddParticipantsRPC: {
      sendAddParticipantsRPC: async (args: {
        participantArgs: { participantJid: string }[];
        iqTo: string;
      }) => {
        const jid = directory.canonical(args.participantArgs[0]?.participantJid);
        const codes = await change(core, args.iqTo, { kind: 'add', members: [jid] });
        return addAnswer(codes[jid] ?? 400, await inviteOf(args.iqTo));
      },
    },
    WASmaxGroupsMembershipRequestsActionRPC: {
      sendMembershipRequestsActionRPC: async ({ iqTo, approveArgs, rejectArgs }: RequestArgs) => {
        const asked = (approveArgs ?? rejectArgs)?.participantArgs ?? [];
        const approve = approveArgs !== undefined;
        const jids = asked.map(({ participantJid }) => directory.canonical(participantJid));
        const codes = await change(core, iqTo, {
          kind: approve ? 'approve' : 'reject',
          members: jids,
        });
        const mixin = `membershipRequestsAction${approve ? 'Accept' : 'Reject'}ParticipantMixins`;
        const participant = jids.map((jid) => ({
          jid,
          [mixin]: codes[jid] === 200 ? undefined : { value: { error: String(codes[jid]) } },
        }));
        const field = `membershipRequestsAction${approve ? 'Approve' : 'Reject'}`;
        return {
          name: 'MembershipRequestsActionResponseSuccess',
          value: { [field]: { participant } },
        };
      },
    },
    WAWebApiMembershipApprovalRequestStore: {
      getMembershipApprovalRequests: async (id: Wid) => {
        const metadata = await refreshGroup(core, id);
        return (metadata?.membershipApprovalRequests.models ?? []).map((request) => ({
          id: request.get('id'),
          addedBy: request.get('id'),
          parentGroupId: null,
          requestMethod: 'InviteLink',
          t: request.get('t'),
        }));
      },
    },
    WAWebModifyParticipantsGroupAction: {
      removeParticipants: (chat: ChatModel, people: HasId[]) =>
        change(core, chat.id, { kind: 'remove', members: members(people) }),
      promoteParticipants: (chat: ChatModel, people: HasId[]) =>
        change(core, chat.id, { kind: 'promote', members: members(people) }),
      demoteParticipants: (chat: ChatModel, people: HasId[]) =>
        change(core, chat.id, { kind: 'demote', members: members(people) }),
    },
    WAWebGroupModifyInfoJob: {
      setGroupSubject: (id: Wid, subject: string) => change(core, id, { kind: 'subject', subject }),
      setGroupDescription: (
        id: Wid,
        description: string,
        newId: string,
        _previousId: string | null,
      ) => change(core, id, { kind: 'description', description, id: newId }),
    },
    WAWebSetPropertyGroupAction: {
      setGroupProperty: (chat: ChatModel, property: string, value: number) => {
        const setting = settings[property];
        if (setting === undefined) throw new Error(`unknown group property ${property}`);
        return change(core, chat.id, { kind: 'setting', setting, on: value === 1 });
      },
    },
    WAWebExitGroupAction: {
      sendExitGroup: (chat: ChatModel) => change(core, chat.id, { kind: 'leave' }),
    },
  };
}
