import type { Known } from '../people.ts';
import type { WhatsAppPage } from './types.ts';

/** Runs on the page. Both forms of each person's id, and their names, as far as the page knows them. */
export async function resolvePeople(ids: string[]): Promise<Record<string, Known>> {
  const page = globalThis as unknown as WhatsAppPage;
  const { createWid } = page.require('WAWebWidFactory');
  const { getCurrentLid, getPhoneNumber } = page.require('WAWebApiContact');
  const { Contact } = page.require('WAWebCollections');
  const known: Record<string, Known> = {};
  for (const id of ids) {
    try {
      const wid = createWid(id);
      const phone = wid.server === 'lid' ? getPhoneNumber(wid) : wid;
      const lid = wid.server === 'lid' ? wid : getCurrentLid(wid);
      const contact = Contact.get(wid) ?? (phone == null ? undefined : Contact.get(phone));
      known[id] = {
        phoneId: phone?._serialized ?? null,
        lid: lid?._serialized ?? null,
        username: contact?.username ?? null,
        name: contact?.name ?? contact?.pushname ?? null,
      };
    } catch {
      known[id] = { phoneId: null, lid: null, username: null, name: null };
    }
  }
  return known;
}

/** Runs on the page. Our own ids. */
export async function resolveMe(): Promise<{ phone: string | null; lid: string | null }> {
  const me = (globalThis as unknown as WhatsAppPage).require('WAWebUserPrefsMeUser');
  return {
    phone: me.getMaybeMePnUser()?._serialized ?? null,
    lid: me.getMaybeMeLidUser()?._serialized ?? null,
  };
}
