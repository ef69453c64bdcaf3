/** XML that is ready to be sent: made by `element` only. */
export type Xml = { readonly xml: string };

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
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
