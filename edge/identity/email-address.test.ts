import { expect, test } from 'vitest';
import { EmailAddress } from './email-address.ts';

test.each([
  ['Ann@Example.COM', 'ann@example.com'],
  ['  ann@example.com ', 'ann@example.com'],
  ["o'neil+tag@mail.example.co.uk", "o'neil+tag@mail.example.co.uk"],
])('%s is kept as %s', (address, kept) => {
  expect(EmailAddress.parse(address)).toBe(kept);
});

test.each([
  ['Cyrillic a', 'аnn@example.com', /U\+0430.*type the address in the letters a to z/],
  ['full width', 'ａnn@example.com', /U\+FF41/],
  ['a domain in Greek', 'ann@eχample.com', /U\+03C7/],
  ['zero-width space', 'an\u200bn@example.com', /U\+200B/],
  ['dotless i', 'annı@example.com', /U\+0131/],
  ['Kelvin sign', 'an\u212a@example.com', /U\+212A/],
  ['Punycode', 'ann@xn--exmple-4nf.com', /internationalised domain/],
  ['Punycode below', 'ann@mail.XN--exmple-4nf.com', /internationalised domain/],
  ['no domain', 'ann', /write it as ann@example.com/],
  ['no top', 'ann@localhost', /write it as/],
  ['a list', 'ann@example.com,eve@example.com', /write it as/],
  ['a new line', 'ann@example.com\nBcc: eve@example.com', /U\+000A/],
  ['a name', 'Ann <ann@example.com>', /write it as/],
  ['quoted', '"ann eve"@example.com', /write it as/],
  ['dots', 'ann..eve@example.com', /write it as/],
  ['far too long', `${'a'.repeat(300)}@example.com`, /write it as/],
])('%s is refused', (_name, address, message) => {
  const { error } = EmailAddress.safeParse(address);
  expect(error?.issues[0]?.message).toMatch(message);
});
