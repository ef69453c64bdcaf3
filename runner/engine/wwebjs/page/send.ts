import type { PageWid, WhatsAppPage } from './types.ts';

/** Where a send stands before the library is asked to make it. */
export type Preparation =
  | { state: 'ready'; documentId: string; quotedKey: string | null; mentions: string[] }
  | { state: 'on page'; documentId: string }
  | {
      state: 'refused';
      code: 'RECIPIENT_NOT_ON_WHATSAPP' | 'MEDIA_REJECTED' | 'MESSAGE_FAILED' | 'UNAVAILABLE';
      message: string;
    };

export type SendRequest = {
  wireId: string;
  chatId: string;
  quoted: string | null;
  /** Ids of people, or everybody in the group. */
  mentions: 'all' | string[] | null;
  /** A type of video that the page has to play, for its thumbnail and its length. */
  video: string | null;
};

/** Runs on the page. Everything that can be refused is refused here, before anything could leave. */
export async function prepareSend(request: SendRequest): Promise<Preparation> {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined || page.WWebJS === undefined) {
    return { state: 'refused', code: 'UNAVAILABLE', message: 'WhatsApp Web is still loading.' };
  }
  const { documentId } = agent;
  if ((await agent.findSent(request.wireId, request.chatId)) !== undefined) {
    return { state: 'on page', documentId };
  }
  const hook = agent.patches['send-hook'];
  if (hook !== 'applied') {
    const message = `This build of WhatsApp Web does not take our message ids (${hook}).`;
    return { state: 'refused', code: 'UNAVAILABLE', message };
  }
  const { state } = page.require('WAWebSocketModel').Socket;
  if (state !== 'CONNECTED') {
    return { state: 'refused', code: 'UNAVAILABLE', message: `WhatsApp is ${state}.` };
  }

  const { video } = request;
  if (video !== null && page.document.createElement('video').canPlayType(video) === '') {
    const message =
      'The session’s browser cannot play this video (H.264); send it with `asDocument: true`.';
    return { state: 'refused', code: 'MEDIA_REJECTED', message };
  }

  const wid = page.require('WAWebWidFactory').createWid(request.chatId);
  const { Chat, WAWebNewsletterCollection } = page.require('WAWebCollections');
  const isChannel = wid.server === 'newsletter';
  if (isChannel) {
    // One made on the phone a moment ago may not be on the page yet.
    await page.WWebJS.getChat(request.chatId, { getAsModel: false });
    const role = WAWebNewsletterCollection.get(wid)?.newsletterMetadata?.membershipType;
    if (role !== 'owner' && role !== 'admin') {
      const message = 'Only owners and admins of a channel can post there.';
      return { state: 'refused', code: 'MESSAGE_FAILED', message };
    }
  }
  const known =
    isChannel || Chat.get(wid) !== undefined || agent.knownRecipients.has(request.chatId);
  const isPerson = wid.server === 'c.us' || wid.server === 'lid';
  if (!known) {
    if (wid.server === 'c.us') {
      const answer = await page.require('WAWebQueryExistsJob').queryWidExists(wid);
      if (answer?.wid == null) return notOnWhatsApp();
    }
    const chat = (await page.require('WAWebFindChatAction').findOrCreateLatestChat(wid))?.chat;
    if (chat == null) {
      if (isPerson) return notOnWhatsApp();
      const message = 'There is no such chat for this session; is it a member of the group?';
      return { state: 'refused', code: 'MESSAGE_FAILED', message };
    }
    agent.knownRecipients.add(request.chatId);
    agent.keepSome(agent.knownRecipients);
  }
  const closed = wid.server === 'g.us' ? await whyClosed() : blockedByUs();
  if (closed !== null) return { state: 'refused', code: 'MESSAGE_FAILED', message: closed };

  let quotedKey: string | null = null;
  if (request.quoted !== null) {
    const quoted = await agent.findQuoted(request.quoted, request.chatId);
    if (quoted === undefined) {
      const message = 'The message to reply to is not known to this session.';
      return { state: 'refused', code: 'MESSAGE_FAILED', message };
    }
    quotedKey = String(quoted.id);
  }
  const mentions = request.mentions === null ? [] : await mentioned(request.mentions);
  if (!Array.isArray(mentions)) return mentions;
  // A try that was called off may be made again; if its late half still arrives, the hook lets only one pass.
  if (agent.sends.get(request.wireId) === 'cancelled') agent.sends.delete(request.wireId);
  return { state: 'ready', documentId, quotedKey, mentions };

  /** Ids of who is mentioned, in the form in which the chat has its people. */
  async function mentioned(wanted: 'all' | string[]): Promise<string[] | Preparation> {
    const { getMaybeMePnUser, getMaybeMeLidUser } = page.require('WAWebUserPrefsMeUser');
    const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
    const { createWid } = page.require('WAWebWidFactory');
    const { GroupMetadata } = page.require('WAWebCollections');
    const me = [getMaybeMePnUser(), getMaybeMeLidUser()].filter((id) => id != null);
    let people = [wid, ...me];
    if (wid.server === 'g.us') {
      if (membersOf().length === 0) await GroupMetadata.update(wid);
      people = membersOf();
      const own = me.map(({ _serialized }) => _serialized);
      if (wanted === 'all')
        return people.map((id) => id._serialized).filter((id) => !own.includes(id));
    } else if (wanted === 'all') {
      const message = 'Only in a group can everybody be mentioned.';
      return { state: 'refused', code: 'MESSAGE_FAILED', message };
    }
    const formsOf = (one: PageWid): (string | undefined)[] => {
      const other = one.server === 'lid' ? getPhoneNumber(one) : getCurrentLid(one);
      return [one._serialized, other?._serialized];
    };
    const look = (): { found: string[]; strangers: string[] } => {
      const known = new Map(
        people.flatMap((one) => formsOf(one).map((form) => [form, one._serialized])),
      );
      const found: string[] = [];
      const strangers: string[] = [];
      for (const id of wanted) {
        const form = formsOf(createWid(id)).find((each) => each !== undefined && known.has(each));
        if (form === undefined) strangers.push(id);
        else found.push(known.get(form) ?? form);
      }
      return { found, strangers };
    };
    let { found, strangers } = look();
    if (strangers.length > 0 && wid.server === 'g.us') {
      // They may have joined since the page last looked.
      await GroupMetadata.update(wid);
      people = membersOf();
      ({ found, strangers } = look());
    }
    if (strangers.length === 0) return [...new Set(found)];
    const message = `Mentioned, but not in this chat: ${strangers.join(', ')}.`;
    return { state: 'refused', code: 'MESSAGE_FAILED', message };
  }

  /** The members of the group as the page knows them, which WhatsApp keeps current; none if it has not read them yet. */
  function membersOf(): PageWid[] {
    const metadata = page.require('WAWebCollections').GroupMetadata.get(wid);
    return metadata?.participants.getModelsArray().map(({ id }) => id) ?? [];
  }

  /** Why this number cannot write in the group; null: it can. The server would drop the message, and the page show it as sent. */
  async function whyClosed(): Promise<string | null> {
    const { GroupMetadata } = page.require('WAWebCollections');
    if (membersOf().length === 0 && agent?.askedGroups.has(request.chatId) === false) {
      agent.askedGroups.add(request.chatId);
      agent.keepSome(agent.askedGroups);
      // Who is out may not look, which is an error.
      await Promise.resolve(GroupMetadata.update(wid)).catch(() => undefined);
    }
    const metadata = GroupMetadata.get(wid);
    if (metadata === undefined || membersOf().length === 0) return null;
    const mine = agent?.groups?.roleIn(metadata);
    if (mine === null) return 'This number is not a member of the group.';
    if (mine === 'member' && metadata.announce === true)
      return 'Only admins can write in this group.';
    return null;
  }

  function blockedByUs(): string | null {
    return isPerson && agent?.live?.summary(wid).blocked === true
      ? 'This session has blocked the recipient; unblock them first.'
      : null;
  }

  function notOnWhatsApp(): Preparation {
    const message = 'This number is not on WhatsApp.';
    return { state: 'refused', code: 'RECIPIENT_NOT_ON_WHATSAPP', message };
  }
}

export type SentOnPage = { found: false } | { found: true; ack: number; wireKey: string };

/** Runs on the page. Finds what this session sent under a wire id, and how far it got. */
export async function findSent(request: { wireId: string; chatId: string }): Promise<SentOnPage> {
  const page = globalThis as unknown as WhatsAppPage;
  if (page.__waypost === undefined || page.WWebJS === undefined) {
    throw new Error('WhatsApp Web is still loading');
  }
  const message = await page.__waypost.findSent(request.wireId, request.chatId);
  if (message === undefined) return { found: false };
  return { found: true, ack: message.ack, wireKey: String(message.id) };
}

/**
 * Runs on the page. Sends a prepared message as the library's `sendMessage` does, and looks it up in the same call. The library
 * would return a description of the whole message, which nobody reads, and on `$1` builds nothing.
 * @param request its `file` is one that `putPiece` has put here
 * @throws when the page was loaded anew since `prepareSend`, or as the library does
 */
export async function sendPrepared(request: {
  documentId: string;
  wireId: string;
  chatId: string;
  body: string;
  options: object;
  /** Fields that the message gets in the end. */
  extra: object;
  /** Show what the first link of the text leads to. */
  linkPreview: boolean;
  file: {
    handle: string;
    mimetype: string;
    filename: string;
    sound: { seconds: number; waveform: number[] } | null;
  } | null;
}): Promise<SentOnPage> {
  const page = globalThis as unknown as WhatsAppPage;
  const { __waypost: agent, WWebJS: library } = page;
  if (agent?.documentId !== request.documentId || library === undefined)
    throw new Error('WhatsApp Web was loaded anew');
  const chat = await library.getChat(request.chatId, { getAsModel: false });
  if (chat == null) throw new Error('WhatsApp Web has no such chat');
  const { file, options } = request;
  // The library would make the file from base64.
  library.mediaInfoToFile = ({ data, mimetype, filename }) =>
    new File([agent.files.get(data) ?? ''], filename, { type: mimetype });
  const media = file === null ? {} : { media: { ...file, data: file.handle } };
  const { seconds: duration, waveform } = file?.sound ?? {};
  const sound = waveform === undefined ? {} : { duration, waveform: new Uint8Array(waveform) };
  const extraOptions = { ...sound, ...request.extra };
  const preview = request.linkPreview ? await previewOf(request.body) : {};
  try {
    const all = { ...options, ...preview, ...media, extraOptions };
    await library.sendMessage(chat, request.body, all);
  } catch (error) {
    throw agent.inFull(error);
  }
  const message = await agent.findSent(request.wireId, request.chatId);
  if (message === undefined) return { found: false };
  return { found: true, ack: message.ack, wireKey: String(message.id) };

  /** As the library does, which leaves out the chat that today's builds ask for. One that cannot be had costs no message. */
  async function previewOf(text: string): Promise<object> {
    const link = page.require('WALinkify').findLink(text);
    if (link == null) return {};
    const { getLinkPreview } = page.require('WAWebLinkPreviewChatAction');
    const found = await Promise.resolve(getLinkPreview(link, chat)).catch(() => null);
    return found?.data == null ? {} : { ...found.data, preview: true, subtype: 'url' };
  }
}

/** Runs on the page. Calls a send off if it was not handed over yet; from then on the hook refuses it. */
export async function callOff(request: {
  wireId: string;
  documentId: string;
}): Promise<'called off' | 'begun' | 'other document'> {
  const agent = (globalThis as unknown as WhatsAppPage).__waypost;
  if (agent?.documentId !== request.documentId) return 'other document';
  if (agent.sends.get(request.wireId) === 'begun') return 'begun';
  agent.sends.set(request.wireId, 'cancelled');
  return 'called off';
}
