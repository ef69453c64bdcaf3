import type { PageProfile, Person } from '../protocol.ts';
import { toWid } from './wid.ts';
import type { Wid } from './wid.ts';

/** Who is who: phones and LIDs of everybody this page has heard of, and which of the two its build addresses. */
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

  /** The address this build's chats use: a person's LID where it is LID-first, everything else unchanged. */
  address(id: unknown): Wid {
    const wid = toWid(id);
    if (!this.#profile.lidFirst || !wid.isUser() || wid.isLid()) return wid;
    const lid = this.#byPn.get(wid.toString())?.lid;
    return lid === undefined ? wid : toWid(lid);
  }

  /** The phone form the world speaks; an unknown LID stays, the world knows it. */
  canonical(id: unknown): string {
    const text = toWid(id).toString();
    return this.#byLid.get(text)?.pn ?? text;
  }

  lidOf(id: unknown): Wid | undefined {
    const lid = this.person(id)?.lid;
    return lid === undefined ? undefined : toWid(lid);
  }

  phoneOf(id: unknown): Wid | undefined {
    const wid = toWid(id);
    if (!wid.isLid()) return wid;
    const pn = this.#byLid.get(wid.toString())?.pn;
    return pn === undefined ? undefined : toWid(pn);
  }
}
