import type { ErrorCode } from '../../../../shared/errors.ts';
import type { PageLive, PageRefusal } from './live-types.ts';
import type { PageWid, WhatsAppPage } from './types.ts';

/** Runs in each new document. Adds to the agent what live operations share; a function on the page cannot import another. */
export function installLive(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;

  class Refused extends Error {
    readonly refusal: PageRefusal;

    constructor(refusal: PageRefusal) {
      super(refusal.message);
      this.refusal = refusal;
    }
  }

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

  /** @throws the error itself, unless WhatsApp's server said it */
  const refusalOf = (error: unknown): PageRefusal => {
    if (error instanceof Refused) return error.refusal;
    const { name, status, statusCode } = Object(error) as Record<string, unknown>;
    const code = Number(status ?? statusCode);
    const known = name === 'ServerStatusCodeError' ? byStatus[code] : undefined;
    if (known === undefined) throw error;
    return { refused: known[0], message: known[1], details: { whatsAppStatus: code } };
  };

  const formsOf = (wid: PageWid): { phone: PageWid | null; lid: PageWid | null } => {
    const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
    return wid.server === 'lid'
      ? { phone: getPhoneNumber(wid) ?? null, lid: wid }
      : { phone: wid, lid: getCurrentLid(wid) ?? null };
  };

  const idsOf = (wid: PageWid): string[] => {
    const { phone, lid } = formsOf(wid);
    return [phone, lid].flatMap((form) => (form === null ? [] : [form._serialized]));
  };

  const isPerson = ({ server }: PageWid): boolean => server === 'c.us' || server === 'lid';

  const contact: PageLive['contact'] = (wid) => {
    const { Contact } = page.require('WAWebCollections');
    const { phone, lid } = formsOf(wid);
    return (
      (lid === null ? undefined : Contact.get(lid)) ??
      (phone === null ? undefined : Contact.get(phone))
    );
  };

  const live: PageLive = {
    attempt: async (work) => {
      try {
        return await work();
      } catch (error) {
        return refusalOf(error);
      }
    },
    refuse: (refused, message, details) => {
      throw new Refused({ refused, message, ...(details === undefined ? {} : { details }) });
    },
    idsOf,
    contact,
    chat: (chatId) => {
      const { Chat } = page.require('WAWebCollections');
      const wid = page.require('WAWebWidFactory').createWid(chatId);
      const { phone, lid } = isPerson(wid) ? formsOf(wid) : { phone: wid, lid: null };
      const found =
        (lid === null ? undefined : Chat.get(lid)) ??
        (phone === null ? undefined : Chat.get(phone));
      return found ?? live.refuse('NOT_FOUND', 'There is no chat with this id.');
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
    timeOf: (seconds) =>
      seconds === undefined || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString(),
    pause: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
  };
  agent.live = live;
}
