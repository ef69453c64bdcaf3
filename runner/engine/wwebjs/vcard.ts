import type { ContactCard } from '../../../shared/catalogue/kinds/plain.ts';

/** A contact card as vCard 3.0, the version that WhatsApp's own cards have. Text is escaped by RFC 6350, 3.4; a URL is none. */
export function vcardOf({
  name,
  phones,
  emails = [],
  organization,
  title,
  url,
}: ContactCard): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:;${escaped(name)};;;`,
    `FN:${escaped(name)}`,
    ...(organization === undefined ? [] : [`ORG:${escaped(organization)}`]),
    ...(title === undefined ? [] : [`TITLE:${escaped(title)}`]),
    // `waid` makes WhatsApp offer to write to the number.
    ...phones.map((phone) => `TEL;type=CELL;waid=${phone.slice(1)}:${phone}`),
    ...emails.map((email) => `EMAIL:${escaped(email)}`),
    ...(url === undefined ? [] : [`URL:${url}`]),
    'END:VCARD',
  ];
  return lines.join('\n');
}

const escaped = (value: string): string =>
  value
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll(/\r\n|[\r\n\u2028\u2029]/g, String.raw`\n`);
