const depthLimit = 5;

const hasSerialize = (value: object): value is { serialize: () => unknown } =>
  'serialize' in value && typeof value.serialize === 'function';

/** Ids stay what they are: they are plain enough, and both Node and JSON know what to do with them. */
const isId = (value: object): boolean =>
  '_serialized' in value || '$1' in value || ('user' in value && 'server' in value);

/** A copy fit to leave the page: no functions, blobs or cycles; undefined for what cannot go. */
export function plain(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'function' ? undefined : value;
  }
  if (isId(value) || value instanceof Uint8Array) return value;
  if (depth >= depthLimit || value instanceof Blob || value instanceof ArrayBuffer)
    return undefined;
  if (hasSerialize(value)) return value.serialize();
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const shown = plain(item, depth + 1);
    if (shown !== undefined) result[name] = shown;
  }
  return result;
}

/** The text an id is kept under: a string, a Wid or MsgKey, anything with such an `id`. */
export function idText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return undefined;
  if ('_serialized' in value && typeof value._serialized === 'string') return value._serialized;
  if ('$1' in value && typeof value.$1 === 'string') return value.$1;
  return 'id' in value ? idText(value.id) : undefined;
}
