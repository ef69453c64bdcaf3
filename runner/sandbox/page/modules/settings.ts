import { needMe, nowSeconds, type Core } from '../core.ts';
import { MsgModel } from '../models/message.ts';
import { savePosts } from '../records.ts';
import { StatusModel } from '../models/status.ts';
import { newWireId } from '../msg-key.ts';

type Switch = 'Audio' | 'Documents' | 'Photos' | 'Videos';

/** Puts a post of the account's own where the page shows it, and keeps it for the next start. */
async function showPost(core: Core, post: MsgModel): Promise<void> {
  const status = core.collections.Status.add(new StatusModel(core.me.pn));
  status.msgs.add(post);
  await savePosts(core, status);
}

function textPost(core: Core, text: string): MsgModel {
  const me = needMe(core);
  const id = new core.MsgKey({
    from: me,
    to: 'status@broadcast',
    id: newWireId(),
    participant: me,
    selfDir: 'out',
  });
  return new MsgModel({
    id,
    type: 'chat',
    body: text,
    t: nowSeconds(),
    from: me,
    to: id.remote,
    author: me,
    ack: 1,
  });
}

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
      sendStatusTextMsgAction: async (status: { text: string }) => {
        const sent = await post(status);
        await showPost(core, textPost(core, status.text));
        return sent;
      },
      sendStatusMediaMsgAction: async (message: MsgModel) => {
        const { type, caption, directPath } = message;
        const sent = await post({ type, caption, directPath });
        await showPost(core, message);
        return sent;
      },
    },
    WAWebRevokeStatusAction: {
      sendStatusRevokeMsgAction: async (status: StatusModel, message: MsgModel) => {
        const sent = await post({ revoked: message.id.id });
        status.msgs.remove(message.id);
        await savePosts(core, status);
        return sent;
      },
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
