/**
 * Whether a value of JSON names a person: one of their ids, or its number, stands in it as a whole number. Pure.
 * @param ids at least one
 */
export function personFinder(ids: readonly string[]): (value: unknown) => boolean {
  const numbers = ids.map((id) => numberOf(id).replaceAll(/\W/g, '\\$&'));
  const named = new RegExp(`(?<!\\d)(?:${numbers.join('|')})(?!\\d)`);
  return (value) => value != null && named.test(JSON.stringify(value));
}

/**
 * Whether a recipient, in whatever notation a caller wrote it, is one of these ids. A number without its country code matches
 * too: at worst one more line is erased that says who got no message.
 */
export function isWrittenFor(written: string, ids: readonly string[]): boolean {
  const digits = written.replaceAll(/\D/g, '').replace(/^0+/, '');
  return digits.length >= SHORTEST && ids.some((id) => numberOf(id).endsWith(digits));
}

/** Digits of a number without its country code. */
const SHORTEST = 5;

const numberOf = (id: string): string => id.replace(/@.*$/, '');
