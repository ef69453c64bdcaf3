import { MAX_TEXT_LENGTH } from '../../../shared/catalogue/kinds/kind.ts';
import type { MessageSaid } from '../../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../../shared/errors.ts';

const VARIABLE = /\{\{([^{}]*)\}\}/g;

export type Variables = Readonly<Record<string, string | number>>;

/** The variables that the texts of a message name, each once. */
export function variablesIn(said: MessageSaid): string[] {
  const names = new Set<string>();
  inTexts(said, (text) => {
    for (const [, name = ''] of text.matchAll(VARIABLE)) names.add(name.trim());
    return text;
  });
  return [...names];
}

/**
 * A message with the values of its variables. What a value says is text, even if it looks like a variable.
 * @throws AppError VALIDATION_ERROR when the values are longer than any message, before the rest is filled in
 */
export function fillIn(said: MessageSaid, variables: Variables): unknown {
  let length = 0;
  return inTexts(said, (text) =>
    text.replaceAll(VARIABLE, (whole, name: string) => {
      const value = String(variables[name.trim()] ?? whole);
      length += value.length;
      if (length > MAX_TEXT_LENGTH)
        throw new AppError('VALIDATION_ERROR', 'would be far too long with its variables');
      return value;
    }),
  );
}

function inTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => inTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, inTexts(each, change)]),
  );
}
