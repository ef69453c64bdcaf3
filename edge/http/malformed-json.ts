import { AppError } from '../../shared/errors.ts';

/** The error for a text that JSON.parse refuses: where it goes wrong, as people count, and why. */
export function malformedJson(text: string): AppError {
  const at = positionOf(text);
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const cause = causeAt(text, at);
  return new AppError(
    'MALFORMED_JSON',
    `The body is not valid JSON: line ${line}, column ${column}: ${cause}.`,
    { line, column, cause },
  );
}

/** Index of the first character that cannot stand where it stands; the length when something is missing at the end. */
function positionOf(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayBeContinued(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return Math.min(good, text.length);
}

/** The engine gives no position for an unexpected token. Its message does distinguish a text that ends too early. */
function mayBeContinued(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    const position = / at position (\d+)/.exec(message)?.[1];
    return Number(position) === text.length || /end of JSON|Unterminated|Bad Unicode/.test(message);
  }
}

function causeAt(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const previous = text.slice(0, at).trimEnd().at(-1);
  if (at >= text.length) return 'it ends too early: a quote, bracket or brace is missing';
  if (character === '\n' || character === '\r')
    return 'a raw line break inside a string; write it as \\n';
  if (character === '\t') return 'a raw tab inside a string; write it as \\t';
  if (character < ' ') return `a control character, ${codePoint(character)}`;
  if (character === "'" || character === '“' || character === '”')
    return 'strings and names stand in straight double quotes';
  if (previous === ',' && (character === '}' || character === ']')) return 'a comma too many';
  return `unexpected ${character === '"' ? 'quote' : `"${character}"`}; a comma, colon, quote or value is missing before it`;
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
