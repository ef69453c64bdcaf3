import { z } from '@hono/zod-openapi';

const MAX_LENGTH = 254;
/** The part that mail providers take, in plain letters; the domain has two labels or more and none in Punycode. */
const SHAPE =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const PUNYCODE = /(?:@|\.)xn--/;

/** What is wrong with an address, as a sentence that says what to do; null when it can be used. Pure. */
export function judgeEmailAddress(address: string): string | null {
  const foreign = /[^\x20-\x7e]/u.exec(address)?.[0];
  if (foreign !== undefined) {
    const code = (foreign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `holds a character that is not plain ASCII (U+${code}), which can pass for another; type the address in the letters a to z, as ann@example.com`;
  }
  if (PUNYCODE.test(address.toLowerCase()))
    return 'has an internationalised domain (xn--), which can pass for another; use an address with a plain domain, as ann@example.com';
  if (address.length > MAX_LENGTH || !SHAPE.test(address.toLowerCase()))
    return 'is not an e-mail address; write it as ann@example.com';
  return null;
}

/** An address as it is kept: ASCII and lower case, so that two that look the same are the same. */
export const EmailAddress = z
  .string()
  .trim()
  .max(1_000)
  .superRefine((address, context) => {
    const message = judgeEmailAddress(address);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .transform((address) => address.toLowerCase())
  .openapi({ type: 'string', format: 'email', example: 'ann@example.com' });
