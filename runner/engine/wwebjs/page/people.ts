import type { WhatsAppPage } from './types.ts';

type Known = { phoneId: string | null; lid: string | null; name: string | null };

/** Runs on the page. Both forms of each person's id, and the address book's name, as far as the page knows them. */
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
        name: contact?.name ?? contact?.pushname ?? null,
      };
    } catch {
      known[id] = { phoneId: null, lid: null, name: null };
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

/**
 * Runs on the page. Messages of others since a time, oldest first: those that came while nobody listened fire no event.
 * @returns as the library sends messages over, so that they map like live ones
 */
export async function messagesSince(request: { since: number; limit: number }): Promise<unknown[]> {
  const page = globalThis as unknown as WhatsAppPage & {
    WWebJS: { getMessageModel(message: unknown): unknown };
  };
  return page
    .require('WAWebCollections')
    .Msg.getModelsArray()
    .filter((message) => !message.id.fromMe && message.t >= request.since)
    .sort((a, b) => a.t - b.t)
    .slice(-request.limit)
    .map((message) => JSON.parse(JSON.stringify(page.WWebJS.getMessageModel(message))) as unknown);
}
