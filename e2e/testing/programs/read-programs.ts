import type { Language } from './interpreters.ts';

/** An operation of the reference with its program in each language. */
export type Documented = { operation: string; programs: Partial<Record<Language, string>> };

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#x27': "'",
  '#39': "'",
};
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(\w+|#\w+);/g, (all, name: string) => ENTITIES[name] ?? all);

/** The programs of a page of the API reference, as a reader copies them. */
export function programsOf(html: string): Documented[] {
  return html
    .split('<h2 id=')
    .slice(1)
    .flatMap((section) => {
      const [, operation] = /<code>([A-Z]+ \/[^<]*)<\/code>/.exec(section) ?? [];
      const found = section.matchAll(
        /<section class="variant" data-name="(\w+)">.*?<code>([^]*?)<\/code>/g,
      );
      const programs = Object.fromEntries(
        Array.from(found, ([, name, code = '']) => [name, textOf(code)]),
      );
      return operation === undefined ? [] : [{ operation: textOf(operation), programs }];
    });
}
