import { RedisError } from '../reply.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A 64-bit integer, as every counter is. @throws RedisError */
export function integer(text: string | undefined): bigint {
  if (text !== undefined && /^(0|-?[1-9]\d{0,18})$/.test(text)) return inRange(BigInt(text));
  throw new RedisError('ERR value is not an integer or out of range');
}

/** @throws RedisError when a sum has left the 64 bits. */
export function inRange(value: bigint): bigint {
  if (value <= INT64_MAX && value >= INT64_MIN) return value;
  throw new RedisError('ERR increment or decrement would overflow');
}

/** A number for counts and times, which all fit into a double. */
export function small(text: string | undefined): number {
  return Number(integer(text));
}

/** @throws RedisError */
export function float(text: string | undefined): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text ?? '');
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(text);
  if (text === undefined || text.trim() === '' || Number.isNaN(value)) {
    throw new RedisError('ERR value is not a valid float');
  }
  return value;
}

/** As Redis writes doubles. */
export function formatFloat(value: number): string {
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : String(value);
}

export const syntaxError = (): RedisError => new RedisError('ERR syntax error');

/** Takes flags and `NAME value` options off a command's tail, in any order and letter case. */
export function parseOptions(
  words: string[],
  flags: readonly string[],
  named: readonly string[] = [],
): { has: (flag: string) => boolean; get: (name: string) => string | undefined } {
  const found = new Map<string, string>();
  for (let i = 0; i < words.length; i += 1) {
    const name = (words[i] ?? '').toUpperCase();
    if (named.includes(name)) {
      i += 1;
      const value = words[i];
      if (value === undefined) throw syntaxError();
      found.set(name, value);
    } else if (flags.includes(name)) {
      found.set(name, '');
    } else {
      throw syntaxError();
    }
  }
  return { has: (flag) => found.has(flag), get: (name) => found.get(name) };
}

/** Splits `a 1 b 2` into pairs. @throws RedisError when one is left over. */
export function pairs(words: string[], command: string): [string, string][] {
  if (words.length === 0 || words.length % 2 !== 0) {
    throw new RedisError(`ERR wrong number of arguments for '${command}' command`);
  }
  const result: [string, string][] = [];
  for (let i = 0; i < words.length; i += 2) result.push([words[i] ?? '', words[i + 1] ?? '']);
  return result;
}

/** A glob pattern of KEYS and SCAN as a regular expression. @throws RedisError for an impossible range. */
export function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(
    /\\(.)|\[(\^?)((?:\\.|[^\]])*)\]|([*?])|([^*?[\\]+|.)/gsu,
    globPart,
  );
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw new RedisError(`ERR invalid pattern '${glob}'`);
  }
}

function globPart(
  _all: string,
  escaped?: string,
  negated?: string,
  set?: string,
  wildcard?: string,
  plain?: string,
): string {
  if (escaped !== undefined) return literally(escaped);
  if (set !== undefined) return set === '' ? '(?!)' : `[${negated}${insideClass(set)}]`;
  if (wildcard !== undefined) return wildcard === '*' ? '.*' : '.';
  return literally(plain ?? '');
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** In a glob a backslash only ever takes the next character as it is; `\d` is a d. */
const insideClass = (set: string): string =>
  set.replaceAll(/\\(.)|[[\]^\\]/gsu, (all, escaped?: string) =>
    (escaped ?? all).replace(/^[\\\]^[-]$/, '\\$&'),
  );
