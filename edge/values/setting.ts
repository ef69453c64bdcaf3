import { z } from 'zod';
import { isEverywhere, normalizeRange } from './address-range.ts';
import { parseOrigin } from './origin.ts';

/** What settings are read as. A message says what to write instead. */

/** Comma-separated. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** An empty value is none. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const originList = list.transform((entries, context) =>
  entries.flatMap((entry, index) => {
    const origin = parseOrigin(entry);
    if (origin !== null) return [origin];
    context.addIssue({
      code: 'custom',
      message: `entry ${index + 1} is not an origin: write scheme and host, as https://app.example.com, without path or *`,
    });
    return [];
  }),
);

export const lowerCaseList = list.transform((entries) =>
  entries.map((entry) => entry.toLowerCase()),
);

export const rangeList = list.transform((entries, context) =>
  entries.flatMap((entry, index) => {
    const range = normalizeRange(entry);
    if (range !== null && !isEverywhere(range)) return [range];
    context.addIssue({
      code: 'custom',
      message:
        range === null
          ? `entry ${index + 1} is neither an IP address nor a CIDR range`
          : `entry ${index + 1} allows every address; leave the list empty to mean that`,
    });
    return [];
  }),
);

export const secretHex = z
  .string()
  .regex(/^[0-9a-f]{64,}$/, 'needs 32 bytes or more as lower-case hex: openssl rand -hex 32');
