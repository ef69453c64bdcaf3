import { fieldsOf, type Kind } from './kinds.ts';

/** What was typed or chosen, by the name of the field. `mediaId` stands for a file that was uploaded. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** The part of a body that its kind decides. Empty fields are left out, so that the API's own defaults hold. Pure. */
export function bodyOf(kind: Kind, values: Values): Record<string, unknown> {
  const entries = fieldsOf(kind).flatMap(({ name, as }): [string, unknown][] => {
    const value = values[name];
    if (as === 'file') {
      const { mediaId } = values;
      if (mediaId !== undefined && mediaId !== '') return [['mediaId', mediaId]];
    }
    if (value === undefined || value === '' || value === false) return [];
    if (as === 'number') return [[name, Number(value)]];
    if (as === 'lines') return [[name, linesOf(String(value))]];
    return [[name, value]];
  });
  const fields = Object.fromEntries(entries);
  if (kind !== 'contact') return fields;
  const { phones, ...card } = fields;
  return { contacts: [{ ...card, phones: phones === undefined ? [] : [phones] }] };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
