/**
 * An address. Its three fields must be own ones: CDP copies own fields to Node and drops methods, while
 * JSON.stringify (arguments of exposed functions) runs toJSON.
 */
export class Wid {
  readonly server: string;
  readonly user: string;
  readonly _serialized: string;

  constructor(serialized: string) {
    const at = serialized.indexOf('@');
    this.server = serialized.slice(at + 1);
    this.user = serialized.slice(0, at);
    this._serialized = serialized;
  }

  toString(): string {
    return this._serialized;
  }
  toJSON(): string {
    return this._serialized;
  }
  toLogString(): string {
    return this._serialized;
  }
  toJid(): string {
    return this._serialized.replace('@c.us', '@s.whatsapp.net');
  }
  equals(other: unknown): boolean {
    return other instanceof Wid && other._serialized === this._serialized;
  }
  isUser(): boolean {
    return this.server === 'c.us' || this.server === 'lid';
  }
  isLid(): boolean {
    return this.server === 'lid';
  }
  isGroup(): boolean {
    return this.server === 'g.us';
  }
  isStatus(): boolean {
    return this._serialized === 'status@broadcast';
  }
  isBroadcast(): boolean {
    return this.server === 'broadcast';
  }
  isNewsletter(): boolean {
    return this.server === 'newsletter';
  }
  isBot(): boolean {
    return false;
  }
  isPSA(): boolean {
    return false;
  }
}

const readSerialized = (value: object): string | undefined => {
  if ('_serialized' in value && typeof value._serialized === 'string') return value._serialized;
  if ('user' in value && 'server' in value) return `${String(value.user)}@${String(value.server)}`;
  return undefined;
};

/** Makes a Wid of a Wid, something shaped like one, or text (digits alone are a phone). Throws as WhatsApp's does. */
export function toWid(value: unknown): Wid {
  if (value instanceof Wid) return value;
  const text =
    typeof value === 'object' && value !== null ? readSerialized(value) : (value ?? undefined);
  if (typeof text !== 'string') throw new Error('wid error: invalid wid');
  if (text.includes('@')) return new Wid(text.replace('@s.whatsapp.net', '@c.us'));
  if (/^\d+$/.test(text)) return new Wid(`${text}@c.us`);
  throw new Error('wid error: invalid wid');
}

/** toWid for what may be absent. */
export const maybeWid = (value: unknown): Wid | undefined =>
  value === undefined || value === null || value === '' ? undefined : toWid(value);
