import type { PageMessage, WhatsAppPage } from './types.ts';

/**
 * Adds to the agent what several page functions share; a function that runs on the page cannot import another.
 * The two that find look in memory by wire id alone, since a chat may be keyed by phone or by LID, then in the page's database.
 */
export function installMessageLookup(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;

  const inDatabase = async (
    wireId: string,
    chatId: string,
    direction: boolean,
    known: string[] = [],
  ) => {
    const { Msg } = page.require('WAWebCollections');
    const { createWid } = page.require('WAWebWidFactory');
    const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
    const { getMaybeMeLidUser, getMaybeMePnUser } = page.require('WAWebUserPrefsMeUser');
    const wid = createWid(chatId);
    const alias = wid.server === 'c.us' ? getCurrentLid(wid) : getPhoneNumber(wid);
    const chats = alias == null ? [chatId] : [chatId, alias._serialized];
    const me = [getMaybeMePnUser(), getMaybeMeLidUser()].filter((id) => id != null);
    // A group message's key ends in its author; only our own are known without the message.
    const endings = ['', ...(wid.server === 'g.us' ? me.map((id) => `_${id._serialized}`) : [])];
    const keys = [
      ...known,
      ...chats.flatMap((id) => endings.map((ending) => `${direction}_${id}_${wireId}${ending}`)),
    ];
    const loaded = (await Msg.getMessagesById(keys))?.messages ?? [];
    return loaded.find((message) => message?.id.id === wireId);
  };

  // From the end, where the newest are: a page that lives for weeks has thousands.
  const inMemory = (matches: (message: PageMessage) => boolean) =>
    page.require('WAWebCollections').Msg.getModelsArray().findLast(matches);

  agent.loadEarlier = (chat, withinMs = 5_000) =>
    Promise.race([
      page.require('WAWebChatLoadMessages').loadEarlierMsgs({ chat }),
      new Promise<undefined>((resolve) => {
        setTimeout(() => resolve(undefined), withinMs);
      }),
    ]).catch(() => undefined);

  // A post stands in its channel alone.
  const inChannel = (wireId: string, chatId: string) => {
    const wid = page.require('WAWebWidFactory').createWid(chatId);
    const channel = page.require('WAWebCollections').WAWebNewsletterCollection.get(wid);
    return channel?.msgs.getModelsArray().findLast(({ id }) => id.id === wireId);
  };

  agent.findSent = async (wireId, chatId) => {
    if (chatId.endsWith('@newsletter')) return inChannel(wireId, chatId);
    return (
      inMemory((message) => message.id.id === wireId && message.id.fromMe) ??
      inDatabase(wireId, chatId, true)
    );
  };

  agent.findQuoted = async (reference, chatId) => {
    const parts = reference.split('_');
    const isKey = parts.length >= 3;
    const wireId = isKey ? (parts[2] ?? reference) : reference;
    return (
      inMemory((message) => message.id.id === wireId) ??
      (await inDatabase(wireId, chatId, false, isKey ? [reference] : [])) ??
      (await inDatabase(wireId, chatId, true))
    );
  };
}
