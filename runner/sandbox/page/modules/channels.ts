import type { Channel } from '../../protocol/records.ts';
import type { OpArgs } from '../../protocol/operations.ts';
import type { Core } from '../core.ts';
import { nowSeconds } from '../core.ts';
import { ServerStatusCodeError } from '../errors.ts';
import { ChatModel } from '../models/chat.ts';
import type { ContactModel } from '../models/contact.ts';
import type { MsgModel } from '../models/message.ts';
import { Model } from '../model.ts';
import { toWire } from '../wire.ts';
import { toWid } from '../wid.ts';

const roleOf = (core: Core, channel: Channel): string => {
  const me = core.me.pn?.toString() ?? '';
  if (channel.owner === me) return 'owner';
  if (channel.admins.includes(me)) return 'admin';
  return channel.subscribers.includes(me) ? 'subscriber' : 'guest';
};

/** The chat model of a channel, made or brought up to date. */
export function applyChannel(core: Core, channel: Channel): ChatModel {
  const { Newsletter, NewsletterMetadata } = core.collections;
  const id = toWid(channel.id);
  const state = {
    id: channel.id,
    t: channel.t,
    unread: 0,
    archived: false,
    pinned: 0,
    muted: 0,
    labels: [],
  };
  const chat =
    Newsletter.get(id) ??
    Newsletter.add(
      new ChatModel(state, id, {
        title: () => channel.name,
        isMe: () => false,
        modify: () => Promise.resolve(),
      }),
      { silent: true },
    );
  chat.name = channel.name;
  const metadata = {
    id,
    creationTime: channel.t,
    name: channel.name,
    description: channel.description,
    inviteCode: channel.invite,
    membershipType: roleOf(core, channel),
    size: channel.subscribers.length,
  };
  const known = NewsletterMetadata.add(new Model(metadata), { silent: true });
  chat.newsletterMetadata = Object.assign(known, metadata);
  return chat;
}

/** A channel as the server's answers nest it. */
const asAnswer = (channel: Channel): object => ({
  idJid: channel.id,
  newsletterNameMetadataMixin: { nameElementValue: channel.name, nameUpdateTime: channel.t },
  newsletterDescriptionMetadataMixin: {
    descriptionQueryDescriptionResponseMixin: {
      elementValue: channel.description,
      updateTime: channel.t,
    },
  },
  newsletterInviteLinkMetadataMixin: { inviteCode: channel.invite },
  newsletterCreationTimeMetadataMixin: { creationTimeValue: channel.t },
  newsletterStateMetadataMixin: { stateType: 'active' },
  newsletterSubscribersMetadataMixin: { subscribersCount: channel.subscribers.length },
  newsletterVerificationMetadataMixin: { verificationState: 'unverified' },
});

/** Channels (newsletters). */
export function channelModules(core: Core): Record<string, object> {
  const { transport } = core;
  const { Newsletter } = core.collections;
  const query = async (match: OpArgs<'channelQuery'>): Promise<Channel> => {
    const { channel } = await transport.ask('channelQuery', match);
    if (channel === null) throw new ServerStatusCodeError(404, 'no such channel');
    return channel;
  };
  const change = async (
    chat: { id: unknown },
    args: Omit<OpArgs<'channelChange'>, 'id'>,
  ): Promise<void> => {
    const { channel } = await transport.ask('channelChange', {
      id: toWid(chat.id).toString(),
      ...args,
    });
    if (args.action === 'delete' || args.action === 'unsubscribe') Newsletter.remove(channel.id);
    else applyChannel(core, channel);
  };
  const person = (contact: unknown): string =>
    core.directory.canonical(contact instanceof Model ? contact.get('id') : contact);

  return {
    WAWebNewsletterGatingUtils: {
      isNewsletterCreationEnabled: () => true,
      getMaxSubscriberNumber: () => 100,
      getNewsletterDirectoryPageSize: () => 50,
    },
    WAWebNewsletterCreateQueryJob: {
      createNewsletterQuery: async (wish: { name: string; description: string | null }) => {
        const { channel } = await transport.ask('channelCreate', {
          name: wish.name,
          description: wish.description ?? '',
        });
        applyChannel(core, channel);
        return asAnswer(channel);
      },
    },
    WAWebNewsletterModelUtils: {
      getRoleByIdentifier: (invite: string) =>
        Newsletter.findWhere(
          (chat) => chat.newsletterMetadata?.get('inviteCode') === invite,
        )?.newsletterMetadata?.get('membershipType') ?? 'guest',
      ADMIN_NOTIFICATIONS: 'admin_notifications',
      MUTED_STATE: -1,
      UNMUTED_STATE: 0,
    },
    WAWebNewsletterMetadataQueryJob: {
      queryNewsletterMetadataByInviteCode: async (invite: string) =>
        asAnswer(await query({ invite })),
    },
    WAWebLoadNewsletterPreviewChatAction: {
      loadNewsletterPreviewChat: async (id: unknown) => {
        applyChannel(core, await query({ id: toWid(id).toString() }));
      },
    },
    WAWebNewsletterUpdateMsgsRecordsJob: {
      addNewsletterMsgsRecords: () => Promise.resolve(),
      updateNewsletterMsgRecord: () => Promise.resolve(),
    },
    WAWebNewsletterSendMessageJob: {
      sendNewsletterMessageJob: async ({ msg }: { msg: MsgModel }) => {
        const { counter, put } = core.ratchet.step();
        await core.storage.write([put]);
        const { t } = await transport.ask('send', {
          message: toWire(core, msg),
          counter,
          resend: false,
        });
        return { success: true, ack: { t }, serverId: counter };
      },
    },
    WAWebNewsletterSendMsgAction: {
      sendNewsletterAdminInviteMessage: async (
        _chat: ChatModel,
        invite: { newsletterWid: unknown; invitee: unknown },
      ) => {
        await change(
          { id: invite.newsletterWid },
          { action: 'promote', pn: person(invite.invitee) },
        );
        return { messageSendResult: 'OK' };
      },
    },
    WAWebNewsletterUpdateUserSettingJob: { updateNewsletterUserSetting: () => Promise.resolve() },
    WAWebEditNewsletterMetadataAction: {
      editNewsletterMetadataAction: async (
        chat: ChatModel,
        which: { editName?: boolean; editDescription?: boolean },
        value: { name?: string; description?: string },
      ) => {
        await change(chat, {
          action: 'edit',
          ...(which.editName === true && value.name !== undefined ? { name: value.name } : {}),
          ...(which.editDescription === true && value.description !== undefined
            ? { description: value.description }
            : {}),
        });
      },
    },
    WAWebNewsletterDeleteAction: {
      deleteNewsletterAction: (chat: ChatModel) => change(chat, { action: 'delete' }),
    },
    WAWebNewsletterSubscribeAction: {
      subscribeToNewsletterAction: (chat: ChatModel) => change(chat, { action: 'subscribe' }),
    },
    WAWebNewsletterUnsubscribeAction: {
      unsubscribeFromNewsletterAction: (chat: ChatModel) => change(chat, { action: 'unsubscribe' }),
    },
    WAWebChangeNewsletterOwnerAction: {
      changeNewsletterOwnerAction: (chat: ChatModel, owner: ContactModel) =>
        change(chat, { action: 'owner', pn: person(owner) }),
    },
    WAWebNewsletterDemoteAdminJob: {
      demoteNewsletterAdminAction: (chat: ChatModel, admin: ContactModel) =>
        change(chat, { action: 'demote', pn: person(admin) }),
    },
    WAWebDemoteNewsletterAdminAction: {
      demoteNewsletterAdmin: (id: unknown, admin: unknown) =>
        change({ id }, { action: 'demote', pn: person(admin) }),
    },
    WAWebMexAcceptNewsletterAdminInviteJob: {
      acceptNewsletterAdminInvite: (id: unknown) => change({ id }, { action: 'subscribe' }),
    },
    WAWebMexRevokeNewsletterAdminInviteJob: {
      revokeNewsletterAdminInvite: (id: unknown, admin: unknown) =>
        change({ id }, { action: 'demote', pn: person(admin) }),
    },
    WAWebMexFetchNewsletterSubscribersJob: {
      mexFetchNewsletterSubscribers: async (id: unknown) => {
        const channel = await query({ id: toWid(id).toString() });
        return {
          subscribers: channel.subscribers.map((pn) => ({ id: toWid(pn), t: nowSeconds() })),
        };
      },
    },
    WAWebNewsletterSubscriberListAction: {
      getSubscribersInContacts: (subscribers: { id: unknown }[]) =>
        subscribers.map(({ id }) => [
          core.collections.Contact.get(core.directory.address(id)),
          'subscriber',
        ]),
    },
    WAWebNewsletterDirectorySearchAction: {
      fetchNewsletterDirectories: async ({ searchText }: { searchText: string }) => {
        const { channels } = await transport.ask('channelSearch', { text: searchText });
        return { newsletters: channels.map((channel) => applyChannel(core, channel)) };
      },
    },
    WAWebL10N: { getRegion: () => 'US' },
    WAWebCountriesNativeCountryNames: {
      countryCodesIso: { US: 'United States', DE: 'Deutschland', BR: 'Brasil' },
    },
  };
}
