import type { Person } from '../../protocol/records.ts';
import { Model } from '../model.ts';
import type { Attributes } from '../model.ts';
import { maybeWid, toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';

export class ContactModel extends Model {
  declare id: Wid;
  declare lid?: Wid;
  /** Set where the contact's id is its LID. */
  declare phoneNumber?: Wid;
  declare name?: string;
  declare shortName?: string;
  declare pushname?: string;
  declare username?: string;
  declare isBusiness: boolean;
  declare isContactBlocked: boolean;
  declare commonGroups?: { serialize: () => { id: Wid }[] };

  constructor(attributes: Attributes) {
    super({
      type: 'in',
      isBusiness: false,
      isContactBlocked: false,
      ...attributes,
      id: toWid(attributes['id']),
    });
  }

  get formattedName(): string {
    return this.name ?? this.pushname ?? `+${(this.phoneNumber ?? this.id).user}`;
  }
}

/** A contact's attributes as this build addresses it. */
export function contactAttributes(person: Person, id: Wid): Attributes {
  return {
    id,
    lid: person.hides === 'lid' ? undefined : maybeWid(person.lid),
    phoneNumber: id.isLid() && person.hides !== 'phone' ? toWid(person.pn) : undefined,
    name: person.name ?? undefined,
    shortName: person.name?.split(' ')[0],
    pushname: person.pushname,
    username: person.username ?? undefined,
    isBusiness: person.business,
    isAddressBookContact: person.name === null ? 0 : 1,
  };
}
