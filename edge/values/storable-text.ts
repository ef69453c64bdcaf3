/** More than a body needs, unless its operation says more. A schema looks at every entry before it counts them, which takes long for thousands. */
export const MAX_VALUES = 2_000;

/**
 * Where a parsed value holds text that a database cannot (NUL, or half of a surrogate pair), or more values than a schema
 * should see. The path as in `a.0.b`, with what is wrong there; null when all is well.
 */
export function findBadValue(
  value: unknown,
  maxValues = MAX_VALUES,
): { field: string; message: string } | null {
  const pending: { path: string; value: unknown }[] = [{ path: '', value }];
  let values = 1;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, value: current } = next;
    if (typeof current === 'string') {
      const message = badText(current);
      if (message !== null) return { field: path, message };
    } else if (typeof current === 'object' && current !== null) {
      const keys = Object.keys(current);
      values += keys.length;
      if (values > maxValues) return { field: '', message: `has more than ${maxValues} values` };
      for (const key of keys) {
        const message = badText(key);
        if (message !== null) return { field: path, message: `a key ${message}` };
        const child: unknown = Reflect.get(current, key);
        pending.push({ path: path === '' ? key : `${path}.${key}`, value: child });
      }
    }
  }
  return null;
}

export function badText(text: string): string | null {
  if (text.includes('\0')) return 'contains the character NUL';
  return text.isWellFormed() ? null : 'contains half of a surrogate pair';
}
