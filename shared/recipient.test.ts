import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { parsePhoneNumber, parseRecipient } from './recipient.ts';

/** What is written in `to`, and the chat that is meant. */
const READ: readonly [name: string, written: string | number, chatId: string][] = [
  ['E.164', '+447911123456', '447911123456@c.us'],
  ['a trunk zero in brackets', '+44 (0)20 7946 0001', '442079460001@c.us'],
  ['a trunk zero in brackets, German', '+49 (0) 151 12345678', '4915112345678@c.us'],
  ['valid digits without +', '447911123456', '447911123456@c.us'],
  ['00 for +', '00447911123456', '447911123456@c.us'],
  ['00 with spaces', '00 44 7911 123456', '447911123456@c.us'],
  ['a JSON number', 447911123456, '447911123456@c.us'],
  ['dots, dashes, slashes', '+1 (202) 555-0123', '12025550123@c.us'],
  ['typographic hyphens', '+1 202\u2011555\u20130123', '12025550123@c.us'],
  ['direction marks', '\u202A+447911123456\u202C', '447911123456@c.us'],
  ['zero-width and no-break spaces', '\uFEFF+44\u00A07911\u200B123456', '447911123456@c.us'],
  ['full-width digits', '＋４４７９１１１２３４５６', '447911123456@c.us'],
  ['Arabic digits', '+٤٤٧٩١١١٢٣٤٥٦', '447911123456@c.us'],
  ['tel: with parameters', 'tel:+44-7911-123456;ext=5', '447911123456@c.us'],
  ['whatsapp:', 'whatsapp:+447911123456', '447911123456@c.us'],
  ['whatsapp://send', 'whatsapp://send?phone=447911123456&text=hi', '447911123456@c.us'],
  ['wa.me', 'https://wa.me/447911123456?text=hi', '447911123456@c.us'],
  ['wa.me, bare', 'wa.me/447911123456', '447911123456@c.us'],
  [
    'api.whatsapp.com',
    'https://api.whatsapp.com/send?text=a&phone=447911123456',
    '447911123456@c.us',
  ],
  ['Mexican ids from before 2019', '+5215512345678', '5215512345678@c.us'],
  ["the sandbox's people", '15550100001', '15550100001@c.us'],
  ['a person', '447911123456@c.us', '447911123456@c.us'],
  ['a person by WhatsApp\u2019s other name', '447911123456@s.whatsapp.net', '447911123456@c.us'],
  ['a device of a person', '447911123456:12@s.whatsapp.net', '447911123456@c.us'],
  ['a LID', '123456789012345@lid', '123456789012345@lid'],
  ['a device of a LID', '123456789012345:2@lid', '123456789012345@lid'],
  ['capitals', '447911123456@C.US', '447911123456@c.us'],
  ['a group', '120363012345678901@g.us', '120363012345678901@g.us'],
  ['an old group', '447911123456-1610000000@G.US', '447911123456-1610000000@g.us'],
  ['a channel', '120363012345678901@newsletter', '120363012345678901@newsletter'],
];

const REFUSED: readonly [name: string, written: string | number, reason: RegExp][] = [
  ['nothing', '', /empty/],
  ['blanks', ' \u200B ', /empty/],
  ['an Indian number without its country code', '7528870001', /or set .*`defaultCountry`/],
  ['a Russian number that is too short', '+7528870001', /too few or too many digits/],
  ['a country code that does not exist', '+999123456789', /country code that does not exist/],
  ['a local number', '07911 123456', /has no country code/],
  ['a bare LID', '123456789012345', /123456789012345@lid/],
  ['a bare group', '120363012345678901', /120363012345678901@g\.us/],
  ['a letter', '+44791112345O', /"O" \(U\+004F\)/],
  ['a control character', '+4479111\u000723456', /U\+0007/],
  ['an emoji', '+447911📞123456', /"📞" \(U\+1F4DE\)/],
  ['a chat id that begins with 0', '015550100001@c.us', /not with 0/],
  ['a chat id of no kind', '447911123456@example.com', /<digits>@c\.us/],
  ['two numbers', '+447911123456,+447911123457', /"," \(U\+002C\)/],
  ['a fraction', 44.5, /no country code/],
];

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION_ERROR') return error.message;
    throw error;
  }
  throw new Error('it was read');
};

describe('parseRecipient', () => {
  it.each(READ)('reads %s', (_name, written, chatId) => {
    expect(parseRecipient(written)).toBe(chatId);
  });

  it.each(REFUSED)('refuses %s and says why', (_name, written, reason) => {
    expect(messageOf(() => parseRecipient(written))).toMatch(reason);
  });
});

describe('parsePhoneNumber', () => {
  it.each(READ.filter(([, written]) => !String(written).includes('@')))(
    'reads %s as parseRecipient does',
    (_name, written, chatId) => {
      expect(`${parsePhoneNumber(written)}@c.us`).toBe(chatId);
    },
  );

  it('takes no chat id', () => {
    expect(messageOf(() => parsePhoneNumber('447911123456@c.us'))).toMatch(/"@" \(U\+0040\)/);
  });
});

describe('with a default country', () => {
  it.each([
    ['IN', '7528870001', '917528870001'],
    ['IN', '917528870001', '917528870001'],
    ['IN', '+447911123456', '447911123456'],
    ['IN', '00447911123456', '447911123456'],
    ['GB', '07911 123456', '447911123456'],
    ['GB', '447911123456', '447911123456'],
    ['US', '(202) 555-0123', '12025550123'],
    ['GB', '15550100001', '15550100001'],
  ] as const)('%s: %s', (defaultCountry, written, digits) => {
    expect(parsePhoneNumber(written, defaultCountry)).toBe(digits);
  });

  it('refuses what can be read as a local number and as a foreign one', () => {
    // Ten digits of an Indian mobile, and a number in Singapore.
    expect(messageOf(() => parsePhoneNumber('6591234567', 'IN'))).toMatch(
      /\+916591234567 and as \+6591234567/,
    );
    expect(parsePhoneNumber('6591234567')).toBe('6591234567');
  });
});
