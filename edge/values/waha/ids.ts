/** The id of a message as WAHA's clients know it: `{fromMe}_{chat}_{id}`, and in a group who wrote it. */
export type WahaId = {
  fromMe: boolean;
  chatId: string;
  wireId: string;
  participant?: string | null;
};

export const writeWahaId = ({ fromMe, chatId, wireId, participant }: WahaId): string =>
  [fromMe, chatId, wireId, ...(participant == null ? [] : [participant])].join('_');

/** Null for what is no such id. One of a message that WhatsApp never named has our own id in it. */
export function readWahaId(written: string): WahaId | null {
  const [, fromMe, chatId = '', wireId = '', participant = null] =
    /^(true|false)_([^_]+)_((?:msg_)?[^_]+)(?:_(.+))?$/.exec(written) ?? [];
  return fromMe === undefined ? null : { fromMe: fromMe === 'true', chatId, wireId, participant };
}

/** The chat of a linked number, by its digits. */
export const ownChat = (phoneNumber: string | null): string | null =>
  phoneNumber === null ? null : `${phoneNumber}@c.us`;

/** Unix time, as WAHA writes most of its times. */
export const secondsOf = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);
