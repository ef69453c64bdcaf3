import type { Person } from '../protocol/records.ts';
import type { Core } from './core.ts';
import { contactAttributes } from './models/contact.ts';
import type { ContactModel } from './models/contact.ts';
import { toWid } from './wid.ts';

/** A person the world confirms; null for a number that is not on WhatsApp. */
export async function lookUp(core: Core, id: unknown): Promise<ContactModel | null> {
  const { person } = await core.transport.ask('exists', { jid: toWid(id).toString() });
  return person === null ? null : meet(core, person);
}

/** Learns about a person and keeps their contact in step. */
export function meet(core: Core, person: Person): ContactModel {
  const before = core.directory.address(person.pn);
  core.directory.learn([person]);
  const id = core.directory.address(person.pn);
  // Their chat goes on under the id that this build prefers, as it does when WhatsApp reveals a LID.
  if (!before.equals(id)) core.collections.Chat.rename(before, id);
  const attributes = contactAttributes(person, id);
  const known = core.collections.Contact.get(id);
  if (known === undefined) return core.collections.Contact.add(attributes);
  const { id: _id, ...changes } = attributes;
  Object.assign(known, changes);
  return known;
}

export async function findContact(core: Core, id: unknown): Promise<ContactModel> {
  const wid = toWid(id);
  const known = core.collections.Contact.get(core.directory.address(wid));
  if (known !== undefined) return known;
  const person = wid.isUser() ? await lookUp(core, wid) : null;
  return person ?? core.collections.Contact.add({ id: wid });
}
