/**
 * Where a parsed value holds text that a database cannot: NUL, or half of a surrogate pair. The path as in `a.0.b`, with
 * what is wrong there; null when all is well.
 */
export function findBadText(value: unknown): { field: string; message: string } | null {
  const pending: { path: string; value: unknown }[] = [{ path: '', value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, value: current } = next;
    if (typeof current === 'string') {
      const message = badText(current);
      if (message !== null) return { field: path, message };
    } else if (typeof current === 'object' && current !== null) {
      for (const [key, child] of Object.entries(current)) {
        const message = badText(key);
        if (message !== null) return { field: path, message: `a key ${message}` };
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
