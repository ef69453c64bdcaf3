/** Deeper than any body of this API goes, and shallow enough for every recursive function behind it. */
const MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * What JSON.parse would take without a word in a text that it accepts: the same key twice in one object (readers disagree
 * on which counts), or deep nesting. Null when there is nothing. Linear, without recursion.
 * @param text valid JSON
 */
export function findHazard(text: string): string | null {
  // A set of keys for each open object, null for each open array.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys != null && isKey(text, end)) {
        const key = unescape(text.slice(at, end + 1));
        if (keys.has(key)) return `the key ${JSON.stringify(key.slice(0, 64))} stands there twice`;
        keys.add(key);
      }
      at = end;
    }
  }
  return null;
}

/** The same key may be written in several ways; most are written plainly. */
const unescape = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);

/** Index of the quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE)
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function isKey(text: string, closingQuote: number): boolean {
  let at = closingQuote + 1;
  while (' \t\n\r'.includes(text[at] ?? 'end')) at += 1;
  return text[at] === ':';
}

/**
 * Where a parsed value holds text that a database cannot: NUL, or half of a surrogate pair. The path as in `a.0.b`, with
 * what is wrong there; null when all is well.
 */
export function findBadText(value: unknown): { field: string; message: string } | null {
  const pending: { path: string; value: unknown }[] = [{ path: '', value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, value: current } = next;
    if (typeof current === 'string') {
      const message = badText(current);
      if (message !== null) return { field: path, message };
    } else if (typeof current === 'object' && current !== null) {
      for (const [key, child] of Object.entries(current)) {
        const message = badText(key);
        if (message !== null) return { field: path, message: `a key ${message}` };
        pending.push({ path: path === '' ? key : `${path}.${key}`, value: child });
      }
    }
  }
  return null;
}

export function badText(text: string): string | null {
  if (text.includes('\0')) return 'contains the character NUL';
  return text.isWellFormed() ? null : 'contains half of a surrogate pair';
}
