import type { ErrorCode } from '../../../../shared/errors.ts';
import type { LiveWindow, PageLive, PageRefusal } from './live-types.ts';
import type { PageWid, WhatsAppPage } from './types.ts';

/** An error on the page: one of WhatsApp's server has a status, one of `refuse` its refusal. */
type Thrown = { name?: unknown; status?: unknown; statusCode?: unknown; refusal?: PageRefusal };

/** Runs in each new document. Adds to the agent what live operations share; a function on the page cannot import another. */
export function installLive(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;

  const byStatus: Record<number, [code: ErrorCode, message: string]> = {
    400: ['VALIDATION_ERROR', 'WhatsApp refused the request as malformed.'],
    401: ['FORBIDDEN', 'WhatsApp does not let this number do that.'],
    403: ['FORBIDDEN', 'WhatsApp does not let this number do that.'],
    404: ['NOT_FOUND', 'WhatsApp does not know it, or does not show it to this number.'],
    406: ['VALIDATION_ERROR', 'WhatsApp does not accept this value.'],
    409: ['CONFLICT', 'WhatsApp says that this conflicts with the present state.'],
    410: ['NOT_FOUND', 'It is no longer valid.'],
    419: ['LIMIT_EXCEEDED', 'WhatsApp allows no more of these.'],
    429: ['RATE_LIMITED', 'WhatsApp wants fewer of these requests; wait before you try again.'],
  };

  /** @throws the error in full, unless WhatsApp's server said it */
  const refusalOf = (error: unknown): PageRefusal => {
    const { name, status, statusCode, refusal } = Object(error) as Thrown;
    if (refusal !== undefined) return refusal;
    const code = Number(status ?? statusCode);
    const known = name === 'ServerStatusCodeError' ? byStatus[code] : undefined;
    if (known === undefined) throw agent.inFull(error);
    const details = { whatsAppStatus: code, ...(code === 429 && { retryAfterSeconds: 60 }) };
    return { refused: known[0], message: known[1], details };
  };

  const isPerson = ({ server }: PageWid): boolean => server === 'c.us' || server === 'lid';

  const formsOf = (wid: PageWid): { phone: PageWid | null; lid: PageWid | null } => {
    if (!isPerson(wid)) return { phone: null, lid: null };
    const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
    return wid.server === 'lid'
      ? { phone: getPhoneNumber(wid) ?? null, lid: wid }
      : { phone: wid, lid: getCurrentLid(wid) ?? null };
  };

  const idsOf = (wid: PageWid): string[] => {
    const { phone, lid } = formsOf(wid);
    return [phone, lid].flatMap((form) => (form === null ? [] : [form._serialized]));
  };

  const contact: PageLive['contact'] = (wid) => {
    const { Contact } = page.require('WAWebCollections');
    const { phone, lid } = formsOf(wid);
    return (
      (lid === null ? undefined : Contact.get(lid)) ??
      (phone === null ? undefined : Contact.get(phone))
    );
  };

  const reactions = new Map<string, { emoji: string; at: number; by: PageWid }>();
  let notesReactions = false;

  const live: PageLive = {
    attempt: async (work) => {
      try {
        return await work();
      } catch (error) {
        return refusalOf(error);
      }
    },
    refuse: (refused, message, details) => {
      const refusal: PageRefusal = { refused, message, ...(details && { details }) };
      throw Object.assign(new Error(message), { refusal });
    },
    idsOf,
    contact,
    checked: new Map(),
    chat: (chatId) => {
      const { Chat } = page.require('WAWebCollections');
      const wid = page.require('WAWebWidFactory').createWid(chatId);
      const { phone, lid } = isPerson(wid) ? formsOf(wid) : { phone: wid, lid: null };
      const found =
        (lid === null ? undefined : Chat.get(lid)) ??
        (phone === null ? undefined : Chat.get(phone));
      return found ?? live.refuse('NOT_FOUND', 'There is no chat with this id.');
    },
    message: async (chatId, reference, options) => {
      const message = await agent.findQuoted(reference, chatId);
      if (message === undefined)
        return live.refuse('NOT_FOUND', 'The session does not have this message (any more).');
      if (message.type === 'revoked' && options?.revoked !== true)
        return live.refuse('CONFLICT', 'The message was deleted for everyone.', {
          reason: 'deleted',
        });
      return message;
    },
    ownReactions: () => {
      if (notesReactions) return reactions;
      const { reactionTableMode: table } = page.require('WAWebAddonReactionTableMode');
      const original = table.bulkUpsert;
      table.bulkUpsert = (rows) => {
        for (const row of rows) {
          const by = row.author ?? row.from;
          const { reactionText: emoji, reactionTimestamp: at } = row;
          if (live.isMe(by)) reactions.set(String(row.reactionParentKey), { emoji, at, by });
        }
        agent.keepSome(reactions);
        return original.call(table, rows);
      };
      notesReactions = true;
      return reactions;
    },
    requireOnline: () => {
      if (page.require('WAWebStreamModel').Stream.available !== true)
        live.refuse(
          'CONFLICT',
          'WhatsApp shows presence only to numbers that are online themselves: set `alwaysOnline` of the session and restart it.',
        );
    },
    findPresence: (wid) => {
      live.requireOnline();
      // Presences are kept by LID, where there is one.
      const { PresenceCollection } = page.require('WAWebPresenceCollection');
      return PresenceCollection.find(formsOf(wid).lid ?? wid);
    },
    shownBy: ({ hasData, isOnline, chatstate: { type, t } }) => {
      const doing = { typing: 'typing', recording_audio: 'recording' } as const;
      const online = hasData === true ? isOnline === true : null;
      return {
        online,
        lastSeenAt: online === false ? live.timeOf(t) : null,
        doing: type === 'typing' || type === 'recording_audio' ? doing[type] : null,
      };
    },
    person: (wid) => {
      const { phone, lid } = formsOf(wid);
      const known = contact(wid);
      return {
        id: (phone ?? wid)._serialized,
        lid: lid?._serialized ?? null,
        phone: phone?.user ?? null,
        username: known?.username ?? null,
        name: known?.name ?? known?.pushname ?? null,
      };
    },
    summary: (wid) => {
      const { Blocklist } = page.require('WAWebCollections');
      const known = contact(wid);
      const forms = Object.values(formsOf(wid));
      return {
        ...live.person(wid),
        saved: known?.name !== undefined,
        business: known?.isBusiness === true,
        blocked:
          known?.isContactBlocked === true ||
          forms.some((form) => form !== null && Blocklist.get(form) !== undefined),
      };
    },
    pageOf: (items, after, limit) => {
      const rest = items
        .filter(({ t, id }) => after === null || t < after.t || (t === after.t && id < after.id))
        .sort((a, b) => b.t - a.t || (a.id < b.id ? 1 : -1));
      const rows = rest.slice(0, limit);
      const last = rest.length > limit ? rows.at(-1) : undefined;
      return { rows, next: last === undefined ? null : { t: last.t, id: last.id } };
    },
    labels: () => {
      const { platform = '' } = page.require('WAWebConnModel').Conn;
      if (platform !== 'smba' && platform !== 'smbi')
        return live.refuse('NOT_SUPPORTED', 'Only business accounts have labels.');
      const { Label } = page.require('WAWebCollections');
      return Label.getModelsArray().map(({ id, name, hexColor }) => ({
        id,
        name,
        color: hexColor ?? null,
      }));
    },
    me: () => {
      const { getMaybeMePnUser, getMaybeMeLidUser } = page.require('WAWebUserPrefsMeUser');
      return (
        getMaybeMePnUser() ??
        getMaybeMeLidUser() ??
        live.refuse('SESSION_NOT_READY', 'WhatsApp Web does not know its own number yet.')
      );
    },
    profile: async () => {
      const me = live.me();
      return {
        ...live.person(me),
        name: page.require('WAWebConnModel').Conn.pushname ?? null,
        about: await live.aboutOf(me),
        pictureUrl: await live.pictureOf(me),
      };
    },
    // Who hides either of the two is answered by an error.
    aboutOf: async (wid) => {
      const { getStatus } = page.require('WAWebContactStatusBridge');
      const answer = await live.attempt(() => getStatus({ token: '', wid }));
      const about = answer !== undefined && 'status' in answer ? answer.status : null;
      return typeof about === 'string' && about !== '' ? about : null;
    },
    pictureOf: async (id) => {
      const { requestProfilePicFromServer } = page.require('WAWebContactProfilePicThumbBridge');
      const answer = await live.attempt(() => requestProfilePicFromServer({ id }));
      return (answer !== undefined && 'eurl' in answer ? answer.eurl : null) ?? null;
    },
    setPicture: async (of, picture) => {
      // The library looks for the present picture, and breaks if the page has never asked for it.
      await page.require('WAWebCollections').ProfilePicThumb.find(of);
      const { setPicture, deletePicture } = (globalThis as unknown as LiveWindow).WWebJS;
      const isDone =
        picture === null
          ? await deletePicture(of._serialized)
          : await setPicture(of._serialized, {
              mimetype: picture.mimetype,
              data: picture.base64,
            }).catch((error: unknown) => {
              // An image that does not load is reported by its event.
              if (!(error instanceof Event)) throw error;
              return live.refuse('MEDIA_REJECTED', 'The picture cannot be read as an image.');
            });
      if (isDone !== true) live.refuse('CONFLICT', 'WhatsApp did not change the picture.');
    },
    meet: async (id) => {
      const wid = page.require('WAWebWidFactory').createWid(id);
      const { phone, lid } = formsOf(wid);
      if (phone !== null && lid !== null) return wid;
      return (await page.require('WAWebQueryExistsJob').queryWidExists(wid))?.wid ?? null;
    },
    isMe: (wid) => {
      const { getMaybeMePnUser, getMaybeMeLidUser } = page.require('WAWebUserPrefsMeUser');
      const mine = [getMaybeMePnUser(), getMaybeMeLidUser()].map((id) => id?._serialized);
      return idsOf(wid).some((id) => mine.includes(id));
    },
    myPosts: () => {
      const { Status } = page.require('WAWebCollections');
      const posts = Status.getMyStatus()?.msgs.getModelsArray() ?? [];
      return posts.filter(({ type }) => type !== 'revoked');
    },
    post: ({ id, type, t, body, caption, directPath }) => ({
      wireId: id.id,
      type,
      // The body of a file is its thumbnail.
      text: (directPath === undefined ? body : caption) ?? null,
      postedAt: new Date(t * 1_000).toISOString(),
    }),
    shownPost: async (isIt) => {
      for (let waited = 0; waited < 10_000; waited += 100) {
        const shown = live.myPosts().find(isIt);
        if (shown !== undefined) return live.post(shown);
        await live.pause(100);
      }
      return live.refuse('CONFLICT', 'WhatsApp did not show the post.');
    },
    timeOf: (seconds) =>
      seconds === undefined || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString(),
    until: async (isDone) => {
      for (let waited = 0; !(await isDone()); waited += 100) {
        if (waited >= 5_000) live.refuse('CONFLICT', 'WhatsApp did not make the change.');
        await live.pause(100);
      }
    },
    pause: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
  };
  agent.live = live;
}
