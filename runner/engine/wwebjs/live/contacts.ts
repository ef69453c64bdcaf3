import type {
  CONTACT_OPERATIONS,
  ContactSummary,
  NumberCheck,
} from '../../../../shared/catalogue/live/contacts.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import type { WhatsAppPage } from '../page/types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof CONTACT_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const CONTACTS: Implementers<LivePage, Names> = {
  isOnWhatsApp: onPage(isOnWhatsApp),
  checkContacts: onPage(checkContacts),
  listContacts: onPage(listContacts),
  getContact: onPage(getContact),
  getContactIds: onPage(getContactIds),
  blockContact: onPage(blockContact),
};

/** Runs on the page. */
async function isOnWhatsApp({
  chatId,
}: EngineInput<'isOnWhatsApp'>): Promise<EngineOutput<'isOnWhatsApp'>> {
  const page = globalThis as unknown as WhatsAppPage;
  const wid = page.require('WAWebWidFactory').createWid(chatId);
  if (wid.server !== 'c.us' && wid.server !== 'lid') {
    const chat = (await page.require('WAWebFindChatAction').findOrCreateLatestChat(wid))?.chat;
    return { exists: chat != null, chatId: chat?.id._serialized ?? null, lid: null };
  }
  const answer = await page.require('WAWebQueryExistsJob').queryWidExists(wid);
  if (answer?.wid == null) return { exists: false, chatId: null, lid: null };
  const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
  const found = answer.wid;
  const phone = found.server === 'lid' ? getPhoneNumber(found) : found;
  const lid = found.server === 'lid' ? found : (answer.lid ?? getCurrentLid(found));
  return {
    exists: true,
    chatId: (phone ?? found)._serialized,
    lid: lid?._serialized ?? null,
  };
}

/** Runs on the page. */
function checkContacts({ ids }: EngineInput<'checkContacts'>): Answer<'checkContacts'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const { createWid } = page.require('WAWebWidFactory');
    const { queryWidExists } = page.require('WAWebQueryExistsJob');
    const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');

    /** Brazil's mobile numbers grew by a 9; accounts keep the form that they were made with. */
    const formsOf = (id: string): string[] => {
      const [, area = '', nine = '', rest = ''] = /^55(\d\d)(9?)([6-9]\d{7})@c\.us$/.exec(id) ?? [];
      if (rest === '') return [id];
      return [id, `55${area}${nine === '' ? '9' : ''}${rest}@c.us`];
    };
    const find = async (id: string) => {
      for (const form of formsOf(id)) {
        const found = await queryWidExists(createWid(form));
        if (found?.wid != null) return { wid: found.wid, lid: found.lid };
      }
      return null;
    };
    /** WhatsApp limits how many numbers one may ask about. */
    const remember = (check: NumberCheck, forMs: number): NumberCheck => {
      live.checked.set(check.id, { until: Date.now() + forMs, check });
      page.__waypost.keepSome(live.checked);
      return check;
    };
    let refusal: PageRefusal | null = null;
    const check = async (id: string): Promise<NumberCheck> => {
      const nobody = { id, chatId: null, lid: null, username: null };
      const unknown: NumberCheck = { ...nobody, exists: 'unknown' };
      const earlier = live.checked.get(id);
      if (earlier !== undefined && earlier.until > Date.now()) return earlier.check;
      if (refusal !== null) return unknown;
      const found = await live.attempt(() => find(id)).catch(() => undefined);
      if (found === undefined) return unknown;
      if (found === null) return remember({ ...nobody, exists: false }, 600_000);
      if ('refused' in found) {
        if (found.refused === 'RATE_LIMITED') refusal = found;
        return unknown;
      }
      const { wid } = found;
      const lid = wid.server === 'lid' ? wid : (found.lid ?? getCurrentLid(wid));
      const phone = wid.server === 'lid' ? getPhoneNumber(wid) : wid;
      const chatId = (phone ?? wid)._serialized;
      const { username } = live.person(wid);
      const check = { id, exists: true, chatId, lid: lid?._serialized ?? null, username };
      return remember(check, 86_400_000);
    };
    const results: NumberCheck[] = [];
    for (let at = 0; at < ids.length; at += 5)
      results.push(...(await Promise.all(ids.slice(at, at + 5).map(check))));
    const knowsNone = results.every(({ exists }) => exists === 'unknown');
    return refusal !== null && knowsNone ? refusal : { results };
  });
}

/** Runs on the page. */
async function listContacts({
  after,
  limit,
  saved,
  blocked,
}: EngineInput<'listContacts'>): Promise<EngineOutput<'listContacts'>> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  // A person may have a contact under each of their ids.
  const people = new Map<string, ContactSummary>();
  const { Contact, Blocklist } = page.require('WAWebCollections');
  // Somebody who is blocked may be no contact.
  for (const { id } of [...Contact.getModelsArray(), ...Blocklist.getModelsArray()]) {
    if ((id.server !== 'c.us' && id.server !== 'lid') || live.isMe(id)) continue;
    const summary = live.summary(id);
    const isWanted =
      (saved === null || saved === summary.saved) &&
      (blocked === null || blocked === summary.blocked);
    if (isWanted) people.set(summary.id, summary);
  }
  const dated = [...people.values()].map((person) => ({ t: 0, id: person.id, person }));
  const { rows, next } = live.pageOf(dated, after, limit);
  return { contacts: rows.map(({ person }) => person), next };
}

/** Runs on the page. */
function getContact({ chatId }: EngineInput<'getContact'>): Answer<'getContact'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    const wid = await live.meet(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    return {
      ...live.summary(wid),
      about: await live.aboutOf(wid),
      pictureUrl: await live.pictureOf(wid),
    };
  });
}

/** Runs on the page. */
function getContactIds({ chatId }: EngineInput<'getContactIds'>): Answer<'getContactIds'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    const wid = await live.meet(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    const { id, lid, phone, username } = live.person(wid);
    return { id, lid, phone, username };
  });
}

/** Runs on the page. */
function blockContact({ chatId, blocked }: EngineInput<'blockContact'>): Answer<'blockContact'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const wid = await live.meet(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    if (live.isMe(wid)) return live.refuse('VALIDATION_ERROR', 'A number cannot block itself.');
    if (live.summary(wid).blocked === blocked) return live.summary(wid);
    // Today's WhatsApp Web keeps its list by LID, and ignores a number.
    const lid = page.require('WAWebApiContact').getCurrentLid(wid) ?? wid;
    const contact = await page.require('WAWebCollections').Contact.find(lid);
    const { getContactToBlockOnlyUseIfNoAssociatedChat } = page.require('WAWebBlockContactUtils');
    const target = getContactToBlockOnlyUseIfNoAssociatedChat(contact, 'ChatListBlock');
    const action = page.require('WAWebBlockContactAction');
    if (blocked) await action.blockContact({ contact: target });
    else await action.unblockContact(target);
    const after = live.summary(wid);
    if (after.blocked !== blocked) live.refuse('CONFLICT', 'WhatsApp did not make the change.');
    return after;
  });
}
