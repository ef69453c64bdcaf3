/** XML that is ready to be sent: made by `element` only. */
export type Xml = { readonly xml: string };

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const CHARACTERS: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** An element with text, which is escaped, or with children. */
export function element(name: string, content: string | number | boolean | readonly Xml[]): Xml {
  const inner =
    typeof content === 'object'
      ? content.map((child) => child.xml).join('')
      : // Control characters cannot stand in XML 1.0 in any form; keys that have some are sent URL-encoded.
        String(content).replace(/[&<>"'\r]/g, (c) => ENTITIES[c] ?? `&#${c.charCodeAt(0)};`);
  return { xml: `<${name}>${inner}</${name}>` };
}

export function document(root: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name: string) => {
    if (typeof decimal === 'string') return String.fromCodePoint(Number(decimal));
    if (typeof hex === 'string') return String.fromCodePoint(Number.parseInt(hex, 16));
    return CHARACTERS[name] ?? all;
  });
}

/**
 * Inner XML of each `name` element directly readable in `text`. Enough for the two request bodies S3
 * defines here, whose elements never nest in themselves and carry no attributes.
 */
export function elementsNamed(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(
    ([, one = '']) => one,
  );
}

/** Text of the first `name` element; undefined when there is none. */
export function textOf(text: string, name: string): string | undefined {
  const [inner] = elementsNamed(text, name);
  return inner === undefined ? undefined : unescapeXml(inner);
}
