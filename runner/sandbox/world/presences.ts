import type { Push } from '../protocol/frames.ts';
import type { AccountRef } from './accounts.ts';
import type { Connection } from './hub.ts';

export type Presence = Omit<Extract<Push, { push: 'presence' }>, 'push' | 'of'>;

const nameOf = ({ world, pn }: AccountRef): string => `${world}\n${pn}`;

/**
 * Who is online, of those who show it. A device hears of those it asked for, while it is online itself, as at WhatsApp.
 * Nothing here survives a restart.
 */
export class Presences {
  readonly #shown = new Map<string, Presence>();
  readonly #online = new Set<Connection>();
  readonly #asked = new Map<Connection, Set<string>>();

  /** The device says whether it is online; one that is not hears no more of anybody. */
  say(connection: Connection, available: boolean): void {
    if (available) this.#online.add(connection);
    else this.forget(connection);
  }

  ask(connection: Connection, pn: string): void {
    if (connection.link === null || !this.#online.has(connection)) return;
    const asked = this.#asked.get(connection) ?? new Set();
    this.#asked.set(connection, asked.add(pn));
    const presence = this.#shown.get(nameOf({ world: connection.link.world, pn }));
    if (presence !== undefined) connection.send({ push: 'presence', of: pn, ...presence });
  }

  show(ref: AccountRef, presence: Presence): void {
    this.#shown.set(nameOf(ref), presence);
    for (const [connection, asked] of this.#asked)
      if (connection.link?.world === ref.world && asked.has(ref.pn))
        connection.send({ push: 'presence', of: ref.pn, ...presence });
  }

  forget(connection: Connection): void {
    this.#online.delete(connection);
    this.#asked.delete(connection);
  }
}
