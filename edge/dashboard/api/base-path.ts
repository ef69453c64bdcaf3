/** The path below which a proxy serves us: empty, or as `/whatsapp`. The Worker wrote it into the page. */
export const BASE_PATH =
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';
