import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { AppError } from './errors.ts';
import { unwrapLink } from './number-links.ts';

/** What people paste along with a number and nobody sees: direction marks, zero-width characters, byte-order marks. */
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
const HYPHENS = /[\u2010-\u2015]/g;
const FOREIGN_CHARACTER = /[^\p{Nd}\s+().\-/]/u;

/** Area code 555 is given to nobody: the sandbox takes its people's numbers from there. */
const SANDBOX_NUMBER = /^1555\d{7}$/;
/** Mexican accounts from before 2019 keep a `1` behind the country code in their WhatsApp id. */
const OLD_MEXICAN = /^521\d{10}$/;

const PERSON_ID = /^([1-9]\d{6,14})(?::\d{1,3})?@(?:c\.us|s\.whatsapp\.net)$/;
const LID = /^(\d{5,20})(?::\d{1,3})?@lid$/;
const GROUP_OR_CHANNEL = /^(?:\d{5,30}(?:-\d{5,20})?@g\.us|\d{5,30}@newsletter)$/;

/** ISO 3166 code of a country that has phone numbers, such as GB. */
export type Country = CountryCode;
export const isCountry = (code: string): code is Country => isSupportedCountry(code);

/**
 * The digits of a number whose meaning depends on a default country, the same in every notation; null for an id and for a
 * number that names its country.
 * @throws AppError VALIDATION_ERROR for anything else
 */
export function localDigits(value: string | number): string | null {
  const text = unwrapLink(visible(value));
  return text.includes('@') || namesCountry(text) ? null : digitsOfNumber(text);
}

/**
 * The number that a person wrote, as bare digits with the country code: E.164 with `+` or `00`; without them when the
 * digits are a valid international number; local when there is a default country. Also read are `tel:` (RFC 3966),
 * `whatsapp:` and `wa.me` links, and JSON numbers.
 * @param defaultCountry where numbers without a country code are at home
 * @throws AppError VALIDATION_ERROR that says what is missing, for anything else
 */
export function parsePhoneNumber(
  value: string | number,
  defaultCountry: CountryCode | null = null,
): string {
  return readNumber(unwrapLink(visible(value)), defaultCountry);
}

/**
 * The chat id of what a caller wrote in `to`: a phone number as in `parsePhoneNumber` becomes `<digits>@c.us`; ids of
 * people, LIDs, groups and channels pass, without device parts and in WhatsApp Web's spelling.
 * @param defaultCountry where numbers without a country code are at home
 * @throws AppError VALIDATION_ERROR that says what is missing, for anything else
 */
export function parseRecipient(
  value: string | number,
  defaultCountry: CountryCode | null = null,
): string {
  const text = unwrapLink(visible(value));
  if (text.includes('@')) return readChatId(text);
  return `${readNumber(text, defaultCountry)}@c.us`;
}

const visible = (value: string | number): string =>
  String(value).normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll(HYPHENS, '-').trim();

function readChatId(text: string): string {
  const id = text.replace(/@.*$/, (suffix) => suffix.toLowerCase());
  const phone = PERSON_ID.exec(id)?.[1];
  if (phone !== undefined) return `${phone}@c.us`;
  const lid = LID.exec(id)?.[1];
  if (lid !== undefined) return `${lid}@lid`;
  if (GROUP_OR_CHANNEL.test(id)) return id;
  if (/^0\d*@(?:c\.us|s\.whatsapp\.net)$/.test(id))
    throw refusal("A person's chat id begins with the country code, not with 0.");
  throw refusal(
    'A chat id is <digits>@c.us for a person, <digits>@lid for a LID, <digits>@g.us for a group or <digits>@newsletter for a channel.',
  );
}

function readNumber(text: string, defaultCountry: CountryCode | null): string {
  const digits = digitsOfNumber(text);
  if (namesCountry(text)) return readInternational(text);
  const local = defaultCountry === null ? null : validDigits(text, defaultCountry);
  const international = digits.startsWith('0') ? null : validDigits(`+${digits}`);
  if (local !== null && international !== null && local !== international)
    throw refusal(
      `This can be read as +${local} and as +${international}. Write it with + and the country code.`,
    );
  const number = local ?? international;
  if (number !== null) return number;
  throw refusal(adviceFor(digits, defaultCountry));
}

function digitsOfNumber(text: string): string {
  const offending = FOREIGN_CHARACTER.exec(text)?.[0];
  if (offending !== undefined)
    throw refusal(`A phone number cannot contain ${describe(offending)}.`);
  const digits = digitsOf(text);
  if (digits === '') throw refusal('The phone number is empty.');
  return digits;
}

const digitsOf = (text: string): string => text.replaceAll(/[^\p{Nd}]/gu, '');
const namesCountry = (text: string): boolean =>
  text.startsWith('+') || /^00\d/.test(digitsOf(text));

function readInternational(text: string): string {
  const written = text.startsWith('+') ? text : text.replace(/^[^\p{Nd}]*0[^\p{Nd}]*0/u, '+');
  const parsed = parsePhoneNumberFromString(written, { extract: false });
  const digits = parsed?.number.slice(1) ?? '';
  if (parsed?.isPossible() === true || OLD_MEXICAN.test(digits)) return digits;
  throw refusal(
    parsed === undefined
      ? 'The number begins with a country code that does not exist.'
      : `+${digits} has too few or too many digits for its country code, ${parsed.countryCallingCode}.`,
  );
}

/** The bare digits when they are a valid number, with the country code. */
function validDigits(text: string, defaultCountry?: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(text, {
    extract: false,
    ...(defaultCountry !== undefined && { defaultCountry }),
  });
  const digits = parsed?.number.slice(1) ?? '';
  const isKnown = SANDBOX_NUMBER.test(digits) || OLD_MEXICAN.test(digits);
  return parsed?.isValid() === true || isKnown ? digits : null;
}

function adviceFor(digits: string, defaultCountry: CountryCode | null): string {
  if (digits.length >= 14)
    return `${digits} is not a phone number. If it is a LID, write ${digits}@lid; if it is a group, ${digits}@g.us.`;
  if (defaultCountry !== null)
    return `${digits} is neither a number in ${defaultCountry} nor an international one. Write it with + and the country code, as in +15550100001.`;
  return `${digits} has no country code. Write it with + and the country code, as in +15550100001, or set the workspace's \`defaultCountry\`.`;
}

/** A character as people can find it: printable ones as they are, and always the code point. */
function describe(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return /^[\p{L}\p{P}\p{S}]$/u.test(character) ? `"${character}" (${code})` : code;
}

const refusal = (reason: string): AppError => new AppError('VALIDATION_ERROR', reason);
