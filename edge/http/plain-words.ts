import { z } from '@hono/zod-openapi';

type Issue<Code extends string> = Extract<z.core.$ZodRawIssue, { code: Code }>;

/**
 * What is wrong with a value, as a customer reads it after the name of its field: "must have at least 1 item". It has the limit
 * and the kind that were expected, never the value itself, which may be a secret. A schema's own words come before these.
 */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && issue.code !== 'custom') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return kindOf(issue);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return bounded(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return bounded(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formatted(issue);
    case 'unrecognized_keys':
      return unknownNames(issue.keys);
    case 'invalid_union':
      return noneFits(issue);
    case 'invalid_key':
      return `the name ${firstOf(issue.issues)}`;
    case 'invalid_element':
      return `an item ${firstOf(issue.issues)}`;
    case 'custom':
      return NOT_VALID;
  }
};

const NOT_VALID = 'is not valid';

const KINDS: Readonly<Record<string, string>> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  bigint: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  tuple: 'must be a list',
  set: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  map: 'must be an object',
  null: 'must be null',
  date: 'must be a date',
  never: 'must be left out',
  undefined: 'must be left out',
};

function kindOf({ expected, schema }: Issue<'invalid_type'>): string {
  // Zod first wants a number, and only of a number that it is whole.
  const isWhole = expected === 'number' && schema instanceof z.ZodNumber && schema.isInt;
  return KINDS[isWhole ? 'int' : expected] ?? `must be a ${expected}`;
}

const shown = (value: z.core.util.Primitive): string => (value === '' ? '""' : String(value));

const oneOf = (values: readonly z.core.util.Primitive[]): string =>
  `must be ${values.length > 1 ? 'one of ' : ''}${values.map(shown).join(', ')}`;

/** What is counted, and whether a value has so many of them or is so long. */
const UNITS: Readonly<Record<string, readonly [verb: 'be' | 'have', one: string, many: string]>> = {
  string: ['be', 'character', 'characters'],
  file: ['be', 'byte', 'bytes'],
  array: ['have', 'item', 'items'],
  set: ['have', 'item', 'items'],
  map: ['have', 'entry', 'entries'],
};

function bounded(
  { origin, exact }: Issue<'too_small' | 'too_big'>,
  limit: number | bigint,
  bound: string,
): string {
  const how = exact === true ? 'exactly' : bound;
  if (origin === 'date') return `must be ${how} ${new Date(Number(limit)).toISOString()}`;
  const unit = UNITS[origin];
  if (unit === undefined) return `must be ${how} ${limit}`;
  const [verb, one, many] = unit;
  return `must ${verb} ${how} ${limit} ${Number(limit) === 1 ? one : many}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address',
  url: 'a URL',
  uuid: 'a UUID',
  datetime: 'an ISO 8601 time, as in 2026-12-01T09:00:00Z',
  date: 'a date, as in 2026-12-01',
  time: 'a time of day, as in 09:00:00',
  duration: 'an ISO 8601 duration, as in PT15M',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  cidrv4: 'an IPv4 range',
  cidrv6: 'an IPv6 range',
  base64: 'base64',
  base64url: 'base64url',
  e164: 'a phone number, as in +15550100001',
  jwt: 'a JWT',
  emoji: 'an emoji',
  lowercase: 'in lower case',
  uppercase: 'in upper case',
};

function formatted(issue: Issue<'invalid_format'>): string {
  // Zod's own type has formats that it does not know by name, so that the others do not narrow it.
  const { format, prefix, suffix, includes, pattern }: Record<string, unknown> = issue;
  if (format === 'starts_with') return `must start with ${String(prefix)}`;
  if (format === 'ends_with') return `must end with ${String(suffix)}`;
  if (format === 'includes') return `must contain ${String(includes)}`;
  if (format === 'regex') return `must match the pattern ${String(pattern)}`;
  return `must be ${FORMATS[issue.format] ?? `a valid ${issue.format}`}`;
}

/** A body can have thousands of names that are not known. */
const MOST_NAMED = 5;

const unknownNames = (names: readonly string[]): string =>
  `${names
    .slice(0, MOST_NAMED)
    .map((name) => `\`${name}\``)
    .join(', ')} ${names.length === 1 ? 'is' : 'are'} not known here`;

/** Of the forms that a value may have, what is wrong with those that are of its kind; of none, what kinds there are. */
function noneFits(issue: Issue<'invalid_union'>): string {
  if (issue.inclusive === false) return 'fits more than one of the forms that it may have';
  const { discriminator, options = [], errors, input } = issue;
  // The issue is at the field that tells the forms apart, and its input is the object around it.
  if (discriminator !== undefined)
    return Object(input)[discriminator] === undefined ? 'is required' : oneOf(options);
  const ofItsKind = errors.filter((issues) => !issues.some(isOtherKind));
  return either((ofItsKind.length > 0 ? ofItsKind : errors).map(firstOf));
}

const isOtherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** What is wrong first, with the name of the place where it is further inside. */
function firstOf([issue]: readonly z.core.$ZodIssue[]): string {
  if (issue === undefined) return NOT_VALID;
  const place = issue.path.map(String).join('.');
  return place === '' ? issue.message : `\`${place}\` ${issue.message}`;
}

const MUST_BE = 'must be ';

/** "must be a text or null" of "must be a text" and "must be null". */
function either(messages: readonly string[]): string {
  const all = [...new Set(messages)];
  if (!all.every((message) => message.startsWith(MUST_BE))) return all.join(', or ');
  const [last = '', ...before] = all.map((message) => message.slice(MUST_BE.length)).toReversed();
  const first = before.toReversed().join(', ');
  return `${MUST_BE}${first === '' ? last : `${first} or ${last}`}`;
}
