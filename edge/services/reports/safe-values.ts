/** 1970 to 2100: what lies outside is a broken clock, and would not fit a timestamp everywhere. */
const LATEST_MS = 4_102_444_800_000;

/** RFC 3339 of a time that somebody else's clock gave. */
export function safeTimestamp(unixMs: number): string {
  const ms = Number.isFinite(unixMs) ? Math.min(LATEST_MS, Math.max(0, Math.floor(unixMs))) : 0;
  return new Date(ms).toISOString();
}

/** The same value with every string made storable: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function storable<Value>(value: Value): Value {
  // Strings become strings and shapes stay, so that the type is the same.
  return clean(value) as Value;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item)]));
  return value;
}
