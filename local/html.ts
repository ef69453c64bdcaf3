/** Text that is HTML already: made only by `html` and `joinHtml`, so that nothing unescaped gets in. */
export type Html = { readonly html: string };

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Template whose values are escaped unless they are `Html`. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html)[]
): Html {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += typeof value === 'object' ? value.html : escapeHtml(String(value));
    text += parts[index + 1] ?? '';
  }
  return { html: text };
}

export function joinHtml(parts: readonly Html[]): Html {
  return { html: parts.map((part) => part.html).join('') };
}
