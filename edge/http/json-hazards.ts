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
