import type { PageGroupChat } from './live-modules.ts';
import type { PageGroups } from './live-types.ts';
import type { WhatsAppPage } from './types.ts';

/** Runs in each new document, after `installLive`. Adds to the agent what operations on groups share. */
export function installGroups(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const live = page.__waypost?.live;
  if (page.__waypost === undefined || live === undefined) return;

  const roleIn: PageGroups['roleIn'] = ({ participants }) => {
    const me = participants.getModelsArray().find(({ id }) => live.isMe(id));
    return me === undefined ? null : roleOf(me);
  };
  const roleOf = (one: { isAdmin?: boolean; isSuperAdmin?: boolean }) =>
    one.isSuperAdmin === true ? 'owner' : one.isAdmin === true ? 'admin' : 'member';

  const settingsOf: PageGroups['settingsOf'] = (metadata) => ({
    onlyAdminsSend: metadata.announce === true,
    onlyAdminsEdit: metadata.restrict === true,
    onlyAdminsAdd: metadata.memberAddMode !== 'all_member_add',
    approvesMembers: metadata.membershipApprovalMode === true,
  });

  const requireAdmin: PageGroups['requireAdmin'] = ({ groupMetadata }) => {
    const role = roleIn(groupMetadata);
    if (role === 'member')
      live.refuse('FORBIDDEN', 'Only an admin of the group can do that.', { needs: 'admin', role });
  };

  const notThere = (): never =>
    live.refuse('NOT_FOUND', 'There is no such group, or this number is not a member of it.');

  const groups: PageGroups = {
    roleIn,
    settingsOf,
    requireAdmin,
    open: async (groupId, needs) => {
      const wid = page.require('WAWebWidFactory').createWid(groupId);
      const known = page.require('WAWebCollections').Chat.get(wid);
      const chat =
        known ?? (await page.require('WAWebFindChatAction').findOrCreateLatestChat(wid))?.chat;
      if (chat?.groupMetadata === undefined) return notThere();
      // It has its metadata, as was just seen.
      const group = chat as PageGroupChat;
      // Whom it no longer lets see the group, WhatsApp answers with an error; the role decides in either case.
      if (roleIn(group.groupMetadata) !== null)
        await page
          .require('WAWebGroupQueryJob')
          .queryAndUpdateGroupMetadataById({ id: group.id._serialized });
      if (roleIn(group.groupMetadata) === null) return notThere();
      if (needs === 'admin') requireAdmin(group);
      return group;
    },
    find: ({ participants }, wid) => {
      const wanted = live.idsOf(wid);
      return participants
        .getModelsArray()
        .find(({ id }) => live.idsOf(id).some((form) => wanted.includes(form)));
    },
    view: ({ id, groupMetadata }) => {
      const members = groupMetadata.participants
        .getModelsArray()
        .map((one) => ({ ...live.person(one.id), role: roleOf(one) }) as const);
      const description = groupMetadata.desc ?? '';
      return {
        id: id._serialized,
        subject: groupMetadata.subject ?? '',
        description: description === '' ? null : description,
        owner: groupMetadata.owner == null ? null : live.person(groupMetadata.owner).id,
        createdAt: live.timeOf(groupMetadata.creation),
        memberCount: members.length,
        myRole: roleIn(groupMetadata),
        settings: settingsOf(groupMetadata),
        members,
      };
    },
    invite: async (to, chat, code, expires) => {
      const { Contact, Chat } = page.require('WAWebCollections');
      Contact.gadd(to, { silent: true });
      const theirs =
        Chat.get(to) ??
        (await page.require('WAWebFindChatAction').findOrCreateLatestChat(to))?.chat;
      if (theirs === undefined) return false;
      const { subject = '' } = chat.groupMetadata;
      const { sendGroupInviteMessage } = page.require('WAWebChatSendMessages');
      const groupId = chat.id._serialized;
      const sent = await sendGroupInviteMessage(
        theirs,
        groupId,
        subject,
        code,
        expires,
        '',
        undefined,
      );
      return sent?.messageSendResult === 'OK';
    },
  };
  page.__waypost.groups = groups;
}
