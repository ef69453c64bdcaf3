import type { Core } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import type { ContactModel } from '../models/contact.ts';
import { lookUp, meet } from '../people.ts';
import { toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';

type SaveContact = { phoneNumber: string; firstName: string; lastName?: string };

async function saveName(core: Core, phone: unknown, name: string | null): Promise<void> {
  const pn = core.directory.canonical(toWid(phone));
  const { person } = await core.transport.ask('saveContact', { pn, name });
  meet(core, person);
}

/** People: numbers, contacts, pictures, blocking. */
export function contactModules(core: Core): Record<string, object> {
  const { collections } = core;
  const me = (): ContactModel | undefined =>
    core.me.pn === undefined
      ? undefined
      : collections.Contact.get(core.directory.address(core.me.pn));
  const isMe = (contact: ContactModel): boolean =>
    [core.me.pn, core.me.lid].some((wid) => wid?.equals(contact.id) === true);

  const setPicture = async (target: Wid, dataUrl: string | null): Promise<{ status: number }> => {
    const { picture } = await core.transport.ask('setPicture', {
      target: target.toString(),
      dataUrl,
    });
    const person = core.directory.person(target);
    if (person !== undefined) core.directory.learn([{ ...person, picture }]);
    collections.ProfilePicThumb.get(target)?.set(
      'img',
      picture === null ? undefined : `https://pps.whatsapp.net${picture}`,
    );
    return { status: 200 };
  };

  return {
    WAWebQueryExistsJob: {
      queryWidExists: async (id: Wid) => {
        const contact = id.isUser() ? await lookUp(core, id) : null;
        if (contact === null) return null;
        return {
          wid: core.directory.phoneOf(contact.id) ?? contact.id,
          lid: core.directory.lidOf(contact.id),
          biz: contact.isBusiness,
        };
      },
    },
    WAWebContactGetters: {
      getIsMe: isMe,
      getIsUser: (contact: ContactModel) => contact.id.isUser(),
      getIsGroup: (contact: ContactModel) => contact.id.isGroup(),
      getIsWAContact: () => true,
      getUserid: (contact: ContactModel) => contact.id.user,
      getVerifiedName: () => undefined,
      getVerifiedLevel: () => undefined,
      getStatusMute: () => false,
      getName: (contact: ContactModel) => contact.name,
      getShortName: (contact: ContactModel) => contact.shortName,
      getPushname: (contact: ContactModel) => contact.pushname,
      getIsEnterprise: () => false,
    },
    WAWebFrontendContactGetters: {
      getIsMyContact: (contact: ContactModel) => contact.name !== undefined,
    },
    WAWebContactCollection: { getMeContact: me },
    WAWebPhoneUtils: {
      formattedPhoneNumber: (jid: string) => `+${jid.slice(0, jid.indexOf('@'))}`,
    },
    WAPhoneFindCC: { findCC: (digits: string) => digits.slice(0, digits.startsWith('1') ? 1 : 2) },
    WAWebContactStatusBridge: {
      getStatus: async ({ wid }: { wid: Wid }) => {
        const { person } = await core.transport.ask('exists', { jid: wid.toString() });
        return { status: person?.about ?? null };
      },
      setMyStatus: async (about: string) => {
        await core.transport.ask('setAbout', { about });
      },
    },
    WAWebSetPushnameConnAction: {
      setPushname: async (pushname: string) => {
        await core.transport.ask('setPushname', { pushname });
        core.conn.set('pushname', pushname);
      },
    },
    WAWebContactProfilePicThumbBridge: {
      requestProfilePicFromServer: async (chat: ChatModel) => {
        const id = toWid(chat.id).toString();
        const shown = chat.id.isGroup()
          ? (await core.transport.ask('groupQuery', { id })).group
          : (await core.transport.ask('exists', { jid: id })).person;
        const picture = shown?.picture ?? null;
        return picture === null
          ? undefined
          : { eurl: `https://pps.whatsapp.net${picture}`, tag: '1' };
      },
      sendSetPicture: (target: Wid, _thumb: string, full: string) => setPicture(target, full),
      requestDeletePicture: (target: Wid) => setPicture(target, null),
    },
    WAWebBlockContactUtils: {
      getContactToBlockOnlyUseIfNoAssociatedChat: (contact: ContactModel) => contact,
    },
    WAWebBlockContactAction: {
      blockContact: ({ contact }: { contact: ContactModel }) => {
        contact.set('isContactBlocked', true);
        collections.Blocklist.add({ id: contact.id });
        return Promise.resolve();
      },
      unblockContact: (contact: ContactModel) => {
        contact.set('isContactBlocked', false);
        collections.Blocklist.remove(contact.id);
        return Promise.resolve();
      },
    },
    WAWebApiDeviceList: {
      getDeviceIds: (ids: Wid[]) =>
        Promise.resolve(ids.map((id) => ({ id, devices: [{ id: 0 }, { id: 1 }] }))),
    },
    WAWebFindCommonGroupsContactAction: {
      findCommonGroups: (contact: ContactModel) => {
        const groups = collections.Chat.filter(
          (chat) =>
            chat.groupMetadata?.participants.get(core.directory.address(contact.id)) !== undefined,
        ).map(({ id }) => ({ id }));
        contact.commonGroups = { serialize: () => groups };
        return Promise.resolve(true);
      },
    },
    WAWebSaveContactAction: {
      saveContactAction: ({ phoneNumber, firstName, lastName }: SaveContact) =>
        saveName(core, phoneNumber, [firstName, lastName].filter(Boolean).join(' ')),
    },
    WAWebDeleteContactAction: {
      deleteContactAction: ({ phoneNumber }: { phoneNumber: Wid }) =>
        saveName(core, phoneNumber, null),
    },
  };
}
