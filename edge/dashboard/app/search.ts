type Search = Record<string, unknown>;

/** Query strings hold plain words, so that a token of digits stays a text. */
export const parseSearch = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(text));

export function stringifySearch(search: Search): string {
  const entries = Object.entries(search).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) && value !== ''
      ? [[name, String(value)] as [string, string]]
      : [],
  );
  const text = new URLSearchParams(entries).toString();
  return text === '' ? '' : `?${text}`;
}

/** One word of the query, when it is there. */
export const word = <Name extends string>(
  search: Search,
  name: Name,
): { [Key in Name]?: string } => {
  const value = search[name];
  // The computed name is Name; TypeScript widens it to string.
  return typeof value === 'string' && value !== ''
    ? ({ [name]: value } as { [Key in Name]?: string })
    : {};
};

/** One of these words, when it is one. */
export const oneOf = <Name extends string, Word extends string>(
  search: Search,
  name: Name,
  words: readonly Word[],
): { [Key in Name]?: Word } => {
  const found = words.find((one) => one === search[name]);
  return found === undefined ? {} : ({ [name]: found } as { [Key in Name]?: Word });
};

/** True for `name=true`, and absent otherwise. */
export const flag = <Name extends string>(search: Search, name: Name): { [Key in Name]?: true } =>
  String(search[name]) === 'true' ? ({ [name]: true } as { [Key in Name]?: true }) : {};

/** An address of this dashboard to continue at; another site's is none. */
export function nextOf(search: Search): { next?: string } {
  const { next } = word(search, 'next');
  return next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {};
}
