import type { StoredBundle } from './internal.ts';

/**
 * The version to restore: the newest that neither a newer Chromium nor a newer runner made, since those may have written
 * what this one misreads, and that has not failed to open.
 */
export function chooseVersion<
  Bundle extends Pick<StoredBundle, 'version' | 'chromiumMajor' | 'format'>,
>(
  bundles: readonly Bundle[],
  given: { chromiumMajor: number; format: number; failed: ReadonlySet<number> },
): { found: true; bundle: Bundle } | { found: false; reason: 'none' | 'too_new' | 'unopenable' } {
  if (bundles.length === 0) return { found: false, reason: 'none' };
  const openable = bundles.filter(
    ({ chromiumMajor, format }) => chromiumMajor <= given.chromiumMajor && format <= given.format,
  );
  if (openable.length === 0) return { found: false, reason: 'too_new' };
  const [newest] = openable
    .filter(({ version }) => !given.failed.has(version))
    .toSorted((one, other) => other.version - one.version);
  return newest === undefined
    ? { found: false, reason: 'unopenable' }
    : { found: true, bundle: newest };
}
