/** A chat or a person as Evolution's clients write it: people are `…@s.whatsapp.net`. */
export const jidOf = (chatId: string): string => chatId.replace(/@c\.us$/, '@s.whatsapp.net');

/** The number of an instance, by its digits. */
export const ownJid = (phoneNumber: string | null): string | null =>
  phoneNumber === null ? null : `${phoneNumber}@s.whatsapp.net`;
