import type { PageProfile } from '../protocol/profile.ts';
import type { Person } from '../protocol/records.ts';
import { toWid } from './wid.ts';
import type { Wid } from './wid.ts';

/** Who is who: phones and LIDs of everybody this page knows, and which of the two its build addresses. */
export class Directory {
  readonly #profile: PageProfile;
  readonly #byPn = new Map<string, Person>();
  readonly #byLid = new Map<string, Person>();

  constructor(profile: PageProfile) {
    this.#profile = profile;
  }

  learn(people: Person[]): void {
    for (const person of people) {
      this.#byPn.set(person.pn, person);
      this.#byLid.set(person.lid, person);
    }
  }

  person(id: unknown): Person | undefined {
    const text = toWid(id).toString();
    return this.#byPn.get(text) ?? this.#byLid.get(text);
  }

  /** The address this build's chats use: a person's LID where it is LID-first, or all that is known of them. */
  address(id: unknown): Wid {
    const wid = toWid(id);
    const person = wid.isUser() ? this.person(wid) : undefined;
    if (person?.hides === 'lid') return toWid(person.pn);
    if (person?.hides === 'phone') return toWid(person.lid);
    if (!this.#profile.lidFirst || person === undefined || wid.isLid()) return wid;
    return toWid(person.lid);
  }

  /** The phone form the world speaks; an unknown LID stays, the world knows it. */
  canonical(id: unknown): string {
    const text = toWid(id).toString();
    return this.#byLid.get(text)?.pn ?? text;
  }

  lidOf(id: unknown): Wid | undefined {
    const person = this.person(id);
    return person === undefined || person.hides === 'lid' ? undefined : toWid(person.lid);
  }

  phoneOf(id: unknown): Wid | undefined {
    const wid = toWid(id);
    if (!wid.isLid()) return wid;
    const person = this.#byLid.get(wid.toString());
    return person === undefined || person.hides === 'phone' ? undefined : toWid(person.pn);
  }
}
