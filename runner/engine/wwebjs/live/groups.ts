import type { GROUP_OPERATIONS } from '../../../../shared/catalogue/live/groups.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { GROUP_INVITES } from './group-invites.ts';
import { GROUP_MEMBERS } from './group-members.ts';
import { type LivePage, onPage } from './live-page.ts';

type Answer<Name extends keyof typeof GROUP_OPERATIONS> = Promise<EngineOutput<Name> | PageRefusal>;

export const GROUPS: Implementers<LivePage, keyof typeof GROUP_OPERATIONS> = {
  ...GROUP_MEMBERS,
  ...GROUP_INVITES,
  listGroups: onPage(listGroups),
  getGroup: onPage(getGroup),
  updateGroup: onPage(updateGroup),
  setGroupSettings: onPage(setGroupSettings),
  setGroupPicture: onPage(setGroupPicture),
};

/** Runs on the page. From memory alone: an account may have thousands of groups, and a question for each takes minutes. */
async function listGroups({
  after,
  limit,
}: EngineInput<'listGroups'>): Promise<EngineOutput<'listGroups'>> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  const known = page
    .require('WAWebCollections')
    .Chat.getModelsArray()
    .flatMap(({ id, t = 0, archive = false, groupMetadata }) =>
      id.server === 'g.us' && groupMetadata !== undefined
        ? [{ id: id._serialized, t, archive, groupMetadata }]
        : [],
    );
  const { rows, next } = live.pageOf(known, after, limit);
  return {
    groups: rows.map(({ id, t, archive, groupMetadata }) => ({
      id,
      subject: groupMetadata.subject ?? '',
      memberCount: groupMetadata.participants.getModelsArray().length,
      myRole: groups.roleIn(groupMetadata),
      createdAt: live.timeOf(groupMetadata.creation),
      lastMessageAt: live.timeOf(t),
      archived: archive,
    })),
    next,
  };
}

/** Runs on the page. */
function getGroup({ groupId }: EngineInput<'getGroup'>): Answer<'getGroup'> {
  const { live, groups } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => groups.view(await groups.open(groupId, 'member')));
}

/** Runs on the page. */
function updateGroup({
  groupId,
  subject,
  description,
}: EngineInput<'updateGroup'>): Answer<'updateGroup'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'member');
    if (groups.settingsOf(chat.groupMetadata).onlyAdminsEdit) groups.requireAdmin(chat);
    const job = page.require('WAWebGroupModifyInfoJob');
    if (subject !== undefined) await job.setGroupSubject(chat.id, subject);
    if (description !== undefined) {
      const newDescId = await page.require('WAWebMsgKey').newId();
      const prevDescId = chat.groupMetadata.descId;
      const { setGroupDescription } = job;
      // A function of one parameter is that of the newer builds, which take an object.
      if (setGroupDescription.length === 1)
        await setGroupDescription({ desc: description, groupWid: chat.id, newDescId, prevDescId });
      else await setGroupDescription(chat.id, description, newDescId, prevDescId);
    }
    const group = groups.view(await groups.open(groupId, 'member'));
    const isDone =
      (subject === undefined || group.subject === subject) &&
      (description === undefined || (group.description ?? '') === description);
    if (!isDone) live.refuse('CONFLICT', 'WhatsApp did not make the change.');
    return group;
  });
}

/** Runs on the page. */
function setGroupSettings({
  groupId,
  settings,
}: EngineInput<'setGroupSettings'>): Answer<'setGroupSettings'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, groups } = page.__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'admin');
    const { onlyAdminsSend, onlyAdminsEdit, onlyAdminsAdd, approvesMembers } = settings;
    const changes = [
      ['announcement', onlyAdminsSend],
      ['restrict', onlyAdminsEdit],
      ['member_add_mode', onlyAdminsAdd === undefined ? undefined : !onlyAdminsAdd],
      ['membership_approval_mode', approvesMembers],
    ] as const;
    const { setGroupProperty } = page.require('WAWebSetPropertyGroupAction');
    for (const [property, on] of changes)
      if (on !== undefined) await setGroupProperty(chat, property, on ? 1 : 0);
    const group = groups.view(await groups.open(groupId, 'member'));
    const names = ['onlyAdminsSend', 'onlyAdminsEdit', 'onlyAdminsAdd', 'approvesMembers'] as const;
    const undone = names.filter(
      (name) => settings[name] !== undefined && settings[name] !== group.settings[name],
    );
    if (undone.length > 0) live.refuse('CONFLICT', `WhatsApp did not change ${undone.join(', ')}.`);
    return group;
  });
}

/** Runs on the page. */
function setGroupPicture({
  groupId,
  picture,
}: EngineInput<'setGroupPicture'>): Answer<'setGroupPicture'> {
  const { live, groups } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    const chat = await groups.open(groupId, 'member');
    if (groups.settingsOf(chat.groupMetadata).onlyAdminsEdit) groups.requireAdmin(chat);
    await live.setPicture(chat.id, picture);
    return { url: await live.pictureOf(chat.id) };
  });
}
