/** Markup that is safe to send: made by `html` alone. */
export type Html = { readonly markup: string };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? '');

/** A template whose values are escaped, unless they are markup themselves. */
export const html = (parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html => ({
  markup: String.raw(
    { raw: parts },
    ...values.map((value) => (typeof value === 'string' ? escape(value) : value.markup)),
  ),
});

export const joinHtml = (parts: readonly Html[]): Html => ({
  markup: parts.map(({ markup }) => markup).join('\n'),
});
