import type { PageProfile } from '../protocol/profile.ts';
import { toWid } from './wid.ts';
import type { Wid } from './wid.ts';

type MsgKeyInput = {
  id: string;
  from?: unknown;
  to?: unknown;
  remote?: unknown;
  participant?: unknown;
  selfDir?: 'in' | 'out';
  fromMe?: boolean;
};

/**
 * The key of a message: `<fromMe>_<chat>_<id>[_<participant>]`. WAWebMsgKey exports the class itself.
 * Its serialized field is named by the build, so code in here uses String(key) only.
 */
export type MsgKey = {
  fromMe: boolean;
  remote: Wid;
  id: string;
  participant?: Wid;
  equals: (other: unknown) => boolean;
  toString: () => string;
};

export type MsgKeyClass = {
  new (input: MsgKeyInput): MsgKey;
  newId: () => Promise<string>;
  newId_DEPRECATED: () => string;
  fromString: (text: string) => MsgKey;
  from: (value: MsgKey | MsgKeyInput) => MsgKey;
};

/** Ids made by WhatsApp Web: 3EB0 and 18 upper-case hexadecimal digits. */
export function newWireId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return `3EB0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()}`;
}

export function createMsgKeyClass(profile: PageProfile): MsgKeyClass {
  // Builds since July 2026 minify the name.
  const field = profile.faults.includes('message-key-field') ? '$1' : '_serialized';

  return class Key {
    declare fromMe: boolean;
    declare remote: Wid;
    declare id: string;
    declare participant?: Wid;

    constructor(input: MsgKeyInput) {
      this.fromMe = input.fromMe ?? input.selfDir === 'out';
      this.remote = toWid(input.remote ?? (this.fromMe ? input.to : input.from));
      this.id = input.id;
      if (input.participant !== undefined && input.participant !== null) {
        this.participant = toWid(input.participant);
      }
      const tail = this.participant === undefined ? '' : `_${this.participant.toString()}`;
      const text = `${String(this.fromMe)}_${this.remote.toString()}_${this.id}${tail}`;
      // Assigned, not declared: its name differs by build, and a setter on the prototype must be allowed to take it.
      Object.assign(this, { [field]: text });
    }

    toString(): string {
      const text: unknown = Reflect.get(this, field);
      return String(text);
    }
    equals(other: unknown): boolean {
      return other instanceof Key && other.toString() === this.toString();
    }

    static newId(): Promise<string> {
      return Promise.resolve(newWireId());
    }
    static newId_DEPRECATED(): string {
      return newWireId();
    }
    static fromString(text: string): Key {
      const [fromMe, remote, id, participant] = text.split('_');
      if (id === undefined) throw new Error(`MsgKey error: ${text}`);
      return new Key({ fromMe: fromMe === 'true', remote, id, participant });
    }
    static from(value: MsgKey | MsgKeyInput): MsgKey {
      return value instanceof Key ? value : new Key(value);
    }
  };
}
