/** The number in a link to it: `tel:` (RFC 3966), `whatsapp:`, wa.me and whatsapp.com/send; any other text as it is. */
export function unwrapLink(text: string): string {
  const scheme = /^(?:tel|whatsapp):(?!\/\/)(.*)$/is.exec(text)?.[1];
  if (scheme !== undefined) return (scheme.split(';')[0] ?? '').trim();
  const path = /^(?:https?:\/\/)?(?:www\.)?wa\.me\/(\+?\d+)\/?(?:[?#].*)?$/i.exec(text)?.[1];
  const query =
    /^(?:(?:https?:\/\/)?(?:api|web)\.whatsapp\.com\/send\/?|whatsapp:\/\/send\/?)\?(?:.*&)?phone=(?:%2B|\+)?(\d+)/i.exec(
      text,
    )?.[1];
  const international = path ?? query;
  return international === undefined ? text : `+${international.replace('+', '')}`;
}
