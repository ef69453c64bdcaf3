import { z } from '@hono/zod-openapi';

/** A contact card, as fields or as a vCard. */
export const Card = z.object({
  vcard: z.string().max(100_000).nullish(),
  fullName: z.string().nullish(),
  organization: z.string().nullish(),
  phoneNumber: z.string().nullish(),
  whatsappId: z.string().nullish(),
});
type Card = z.output<typeof Card>;

/** As our `sendContact` takes it. */
export function cardOf(card: Card) {
  const read = card.vcard == null ? card : { ...card, ...fromVcard(card.vcard) };
  const { fullName, organization } = read;
  const phones = 'phones' in read ? read.phones : [card.phoneNumber ?? card.whatsappId ?? ''];
  return {
    name: fullName ?? '',
    phones,
    ...(organization != null && organization !== '' && { organization }),
  };
}

/** What of a vCard is sent on: name, numbers, organization. */
function fromVcard(vcard: string) {
  const lines = vcard.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
  const valuesOf = (property: string): string[] =>
    lines.flatMap((line) => {
      const [, name = '', value = ''] = /^(?:\w+\.)?([A-Za-z]+)[^:]*:(.*)$/.exec(line) ?? [];
      return name.toUpperCase() === property ? [unescaped(value)] : [];
    });
  const [fullName = ''] = valuesOf('FN');
  const [organization = ''] = valuesOf('ORG').map((value) => value.split(';')[0] ?? '');
  return { fullName, organization, phones: valuesOf('TEL') };
}

const unescaped = (value: string): string => value.replaceAll(/\\([,;\\])/g, '$1').trim();
