import { withDeadline } from '../../deadline.ts';
import type { LibraryPage } from './library.ts';
import type { PageModules, WhatsAppPage } from './page/types.ts';

/**
 * Modules of WhatsApp Web, and what of them the library's paths that we walk and our own page functions use.
 * An update that drops one of these breaks us; naming it at boot beats finding it in a failed send.
 */
export const SURFACE = {
  WAWebCollections: [
    'Msg.get',
    'Msg.on',
    'Msg.getModelsArray',
    'Msg.getMessagesById',
    'Msg.modelClass',
    'Chat.get',
    'Chat.on',
    'Chat.getModelsArray',
    'Contact.get',
    'GroupMetadata.get',
    'GroupMetadata.update',
    'Contact.find',
    'Contact.getModelsArray',
    'Contact.gadd',
    'Blocklist.get',
    'Blocklist.getModelsArray',
    'Label.getModelsArray',
    'Label.addOrRemoveLabels',
    'ProfilePicThumb.find',
    'Status.getMyStatus',
    'WAWebNewsletterCollection.get',
    'WAWebNewsletterCollection.getModelsArray',
  ],
  WAWebSocketModel: ['Socket.on', 'Socket.state', 'Socket.logout'],
  WAWebCmd: [
    'Cmd.on',
    'Cmd.refreshQR',
    'Cmd.archiveChat',
    'Cmd.pinChat',
    'Cmd.markChatUnread',
    'Cmd.sendRevokeMsgs',
    'Cmd.sendDeleteMsgs',
    'Cmd.sendStarMsgs',
    'Cmd.sendUnstarMsgs',
  ],
  WAWebConnModel: ['Conn.on', 'Conn.serialize', 'Conn.canSetMyPushname'],
  WAWebOfflineHandler: ['OfflineMessageHandler.getOfflineDeliveryProgress'],
  WAWebAltDeviceLinkingApi: [],
  WABase64: ['encodeB64'],
  WAWebCompanionRegClientUtils: ['DEVICE_PLATFORM'],
  WAWebAdvSignatureApi: [],
  WAWebUserPrefsInfoStore: ['waNoiseInfo.get'],
  WAWebSignalStoreApi: ['waSignalStore.getRegistrationInfo'],
  WAWebUserPrefsMultiDevice: ['getADVSecretKey'],
  WAWebUserPrefsMeUser: ['getMaybeMePnUser', 'getMaybeMeLidUser'],
  WAWebSyncGatingUtils: [],
  WAWebCallCollection: [],
  WAWebAddonReactionTableMode: ['reactionTableMode.bulkUpsert'],
  WAWebAddonPollVoteTableMode: ['pollVoteTableMode.bulkUpsert'],
  WAWebSchemaReactions: ['getReactionsTable'],
  WAWebPollsVotesSchema: ['getTable'],
  WAWebMsgKey: ['newId'],
  WAWebWidFactory: ['createWid', 'asUserWidOrThrow'],
  WAWebFindChatAction: ['findOrCreateLatestChat'],
  WAWebQueryExistsJob: ['queryWidExists'],
  WAWebApiContact: ['getCurrentLid', 'getPhoneNumber'],
  WAWebChatLoadMessages: ['loadEarlierMsgs'],
  WAWebChatGetters: ['getIsNewsletter', 'getIsBroadcast'],
  WAWebGetEphemeralFieldsMsgActionsUtils: ['getEphemeralFields'],
  WAWebSendMsgChatAction: ['addAndSendMsgToChat'],
  WAWebMsgReply: ['canReplyMsg'],
  WALinkify: ['findLink', 'findLinks'],
  WAWebLinkPreviewChatAction: ['getLinkPreview'],
  WAWebMediaOpaqueData: ['createFromData'],
  WAWebPrepRawMedia: ['prepRawMedia'],
  WAWebMediaStorage: ['getOrCreateMediaObject'],
  WAWebMmsMediaTypes: ['msgToMediaType', 'castToV4'],
  WAWebMediaDataUtils: ['shouldUseMediaCache'],
  WAWebMediaInMemoryBlobCache: ['InMemoryMediaBlobCache.put'],
  WAWebMediaMmsV4Upload: ['uploadMedia'],
  WAWebGroupQueryJob: [
    'queryAndUpdateGroupMetadataById',
    'queryGroupInvite',
    'resetGroupInviteCode',
  ],
  WAWebGroupCreateJob: ['createGroup'],
  WASmaxGroupsAddParticipantsRPC: ['sendAddParticipantsRPC'],
  WASmaxGroupsMembershipRequestsActionRPC: ['sendMembershipRequestsActionRPC'],
  WAWebWidToJid: ['widToUserJid', 'widToGroupJid'],
  WAWebChatSendMessages: ['sendGroupInviteMessage'],
  WAWebModifyParticipantsGroupAction: [
    'removeParticipants',
    'promoteParticipants',
    'demoteParticipants',
  ],
  WAWebGroupModifyInfoJob: ['setGroupSubject', 'setGroupDescription'],
  WAWebSetPropertyGroupAction: ['setGroupProperty'],
  WAWebMexFetchGroupInviteCodeJob: ['fetchMexGroupInviteCode'],
  WAWebGroupInviteJob: ['joinGroupViaInvite'],
  WAWebExitGroupAction: ['sendExitGroup'],
  WAWebApiMembershipApprovalRequestStore: ['getMembershipApprovalRequests'],
  WAWebContactStatusBridge: ['getStatus', 'setMyStatus'],
  WAWebContactProfilePicThumbBridge: [
    'requestProfilePicFromServer',
    'sendSetPicture',
    'requestDeletePicture',
  ],
  WAWebSetPushnameConnAction: ['setPushname'],
  WAWebBlockContactUtils: ['getContactToBlockOnlyUseIfNoAssociatedChat'],
  WAWebBlockContactAction: ['blockContact', 'unblockContact'],
  WAWebNewsletterSubscribeAction: ['subscribeToNewsletterAction'],
  WAWebNewsletterUnsubscribeAction: ['unsubscribeFromNewsletterAction'],
  WAWebSendStatusMsgAction: ['sendStatusTextMsgAction', 'sendStatusMediaMsgAction'],
  WAWebMediaUpdateMsg: [],
  WAWebRevokeStatusAction: ['sendStatusRevokeMsgAction'],
  WAWebPresenceChatAction: ['sendPresenceAvailable', 'sendPresenceUnavailable'],
  WAWebPresenceCollection: ['PresenceCollection.find'],
  WAWebStreamModel: ['Stream.markAvailable', 'Stream.markUnavailable'],
  WAWebUpdateUnreadChatAction: ['sendSeen'],
  WAWebChatStateBridge: ['sendChatStateComposing', 'sendChatStateRecording', 'sendChatStatePaused'],
  WAWebDeleteChatAction: ['sendDelete'],
  WAWebSendReactionMsgAction: ['sendReactionToMsg'],
  WAWebSendMessageEditAction: ['sendMessageEdit'],
  WAWebMsgActionCapability: [
    'canEditText',
    'canEditCaption',
    'canSenderRevokeMsg',
    'canAdminRevokeMsg',
    'canStarMsg',
  ],
  WAWebSendPinMessageAction: ['sendPinInChatMsg'],
  WAWebPinMsgConstants: ['getPinExpiryDuration'],
  WAWebPinInChatSchema: ['getTable'],
  WAWebDownloadManager: ['downloadManager.downloadAndMaybeDecrypt'],
  WAWebMexFetchNewChatMessageCappingInfoJob: ['mexFetchNewChatMessageCapping'],
  WAWebMexFetchReachoutTimelockJob: ['mexFetchReachoutTimelock'],
  WAWebNewsletterSendMessageJob: ['sendNewsletterMessageJob'],
  WAWebNonMessageDataRequestPlaceholderMessageResendUtils: ['handlePlaceholderMsgsSeen'],
} satisfies Readonly<Record<string, readonly string[]>> &
  Record<keyof PageModules, readonly string[]>;

/** @returns names such as `WAWebCmd` or `WAWebCmd.Cmd.refreshQR` that this page does not have */
export async function missingSurface(
  page: LibraryPage,
  surface: Readonly<Record<string, readonly string[]>> = SURFACE,
): Promise<string[]> {
  const check = page.evaluate(
    (wanted) => {
      const { require } = globalThis as unknown as { require: (name: string) => unknown };
      const missing: string[] = [];
      for (const [name, paths] of Object.entries(wanted)) {
        let exported: unknown;
        try {
          exported = require(name);
        } catch {
          exported = undefined;
        }
        if (exported == null) {
          missing.push(name);
          continue;
        }
        for (const path of paths) {
          const value = path
            .split('.')
            .reduce<unknown>(
              (at, part) => (at as Record<string, unknown> | undefined)?.[part],
              exported,
            );
          if (value === undefined) missing.push(`${name}.${path}`);
        }
      }
      return missing;
    },
    surface as Record<string, string[]>,
  );
  return withDeadline(check, 10_000, 'the surface check');
}

/** What each patch came to on this page, by name. */
export async function patchOutcomes(page: LibraryPage): Promise<Record<string, string>> {
  const read = page.evaluate(
    () => (globalThis as unknown as WhatsAppPage).__waypost?.patches ?? {},
  );
  return withDeadline(read, 10_000, 'reading the patches');
}
