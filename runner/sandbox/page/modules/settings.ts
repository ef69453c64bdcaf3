import type { Core } from '../core.ts';
import type { MsgModel } from '../models/message.ts';
import { newWireId } from '../msg-key.ts';

type Switch = 'Audio' | 'Documents' | 'Photos' | 'Videos';

/** Preferences, status posts, the business client, bots: little more than being there. */
export function settingModules(core: Core): Record<string, object> {
  const downloads = new Map<Switch, boolean>();
  const getter = (name: Switch) => () => downloads.get(name) ?? false;
  const setter = (name: Switch) => (on: boolean) => {
    downloads.set(name, on);
    return Promise.resolve();
  };
  const background = { on: false };
  const notes = new Map<string, string>();
  const post = async (data: unknown): Promise<{ messageSendResult: string }> => {
    await core.transport.ask('note', { what: 'status', data });
    return { messageSendResult: 'OK' };
  };
  return {
    WAWebUserPrefsGeneral: {
      getAutoDownloadAudio: getter('Audio'),
      getAutoDownloadDocuments: getter('Documents'),
      getAutoDownloadPhotos: getter('Photos'),
      getAutoDownloadVideos: getter('Videos'),
      setAutoDownloadAudio: setter('Audio'),
      setAutoDownloadDocuments: setter('Documents'),
      setAutoDownloadPhotos: setter('Photos'),
      setAutoDownloadVideos: setter('Videos'),
    },
    WAWebUserPrefsNotifications: {
      getGlobalOfflineNotifications: () => background.on,
      setGlobalOfflineNotifications: (on: boolean) => {
        background.on = on;
        return Promise.resolve();
      },
    },
    WAWebStatusGatingUtils: { canCheckStatusRankingPosterGating: () => false },
    WAWebSendStatusMsgAction: {
      sendStatusTextMsgAction: (status: unknown) => post(status),
      sendStatusMediaMsgAction: (message: MsgModel) =>
        post({ type: message.type, caption: message.caption, directPath: message.directPath }),
    },
    WAWebRevokeStatusAction: {
      sendStatusRevokeMsgAction: (_status: unknown, message: MsgModel) =>
        post({ revoked: message.id.id }),
    },
    WAWebBizGatingUtils: { smbNotesV1Enabled: () => core.conn.platform === 'smba' },
    WAWebNoteAction: {
      noteAddAction: (_kind: string, chatJid: string, text: string) => {
        notes.set(chatJid, text);
        return Promise.resolve();
      },
      retrieveOnlyNoteForChatJid: (chatJid: string) => {
        const content = notes.get(chatJid);
        if (content === undefined) return Promise.resolve(undefined);
        return Promise.resolve({
          serialize: () => ({ chatJid, content, id: newWireId(), type: 'unstructured' }),
        });
      },
    },
    WAWebBizOrderBridge: { queryOrder: () => Promise.resolve(undefined) },
    WAWebBizProductCatalogBridge: { queryProduct: () => Promise.resolve(undefined) },
    WAWebBotMessageSecret: {
      genBotMsgSecretFromMsgSecret: (secret: Uint8Array) => Promise.resolve(secret),
    },
    WAWebBotProfileCollection: { BotProfileCollection: { get: () => ({ personaId: 'sandbox' }) } },
  };
}
