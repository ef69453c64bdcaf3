import { createHash, randomBytes } from 'node:crypto';
import { SandboxError } from './errors.ts';

const notOnWhatsApp = '1999';

/** Any way of writing a phone (`+1 555…`, digits, `…@c.us`, `…@s.whatsapp.net`) as `<digits>@c.us`. */
export function phoneJid(phone: string): string {
  const digits = (phone.split('@')[0] ?? '').replaceAll(/\D/g, '');
  if (digits.length < 5 || digits.length > 20) {
    throw new SandboxError(
      400,
      'BAD_PHONE',
      `"${phone}" is not a phone number; give 5 to 20 digits.`,
    );
  }
  return `${digits}@c.us`;
}

export const isGroupJid = (jid: string): boolean => jid.endsWith('@g.us');
export const isLidJid = (jid: string): boolean => jid.endsWith('@lid');
export const isUserJid = (jid: string): boolean => jid.endsWith('@c.us') || isLidJid(jid);

/** Numbers that begin with 1999 are not on WhatsApp; everything else is, from its first look-up on. */
export const isRegistered = (pn: string): boolean => !pn.startsWith(notOnWhatsApp);

/** Mobile numbers that may have a digit more: Brazil's grew by a 9, and Mexico's have lost a 1. */
const TWO_FORMS: readonly (readonly [form: RegExp, digit: string])[] = [
  [/^(55\d\d)(9?)([6-9]\d{7})@c\.us$/, '9'],
  [/^(52)(1?)(\d{10})@c\.us$/, '1'],
];

/** The other form of a number that has two; null for any other. WhatsApp finds an account by either. */
export function otherForm(pn: string): string | null {
  for (const [form, digit] of TWO_FORMS) {
    const [, start = '', has = '', rest = ''] = form.exec(pn) ?? [];
    if (rest !== '') return `${start}${has === '' ? digit : ''}${rest}@c.us`;
  }
  return null;
}

/** A person's LID in a world: stable, 15 digits, and not derivable from the number by a caller. */
export function lidOf(world: string, pn: string): string {
  const hash = createHash('sha256').update(`${world}\n${pn}`).digest();
  return `9${hash.readUIntBE(0, 6).toString().padStart(14, '0').slice(-14)}@lid`;
}

/** A message id as a phone makes them; WhatsApp Web's own begin with 3EB0. */
export const newPhoneWireId = (): string => randomBytes(16).toString('hex').toUpperCase();

export const randomToken = (bytes: number): string => randomBytes(bytes).toString('base64url');

/** Ids of groups and channels share one shape: a fixed prefix and eleven digits. */
export const newGroupId = (suffix: 'g.us' | 'newsletter'): string =>
  `1203630${randomBytes(6).readUIntBE(0, 6).toString().padStart(15, '0').slice(-11)}@${suffix}`;
