import type { StoredBundle } from './internal.ts';

/**
 * The version to restore: the newest in the engine's own format that neither a newer engine nor a newer runner made, since
 * this one may misread what those wrote, and that has not failed to open.
 */
export function chooseVersion<
  Bundle extends Pick<StoredBundle, 'version' | 'format' | 'formatVersion' | 'seal'>,
>(
  bundles: readonly Bundle[],
  given: { format: string; formatVersion: number; seal: number; failed: ReadonlySet<number> },
): { found: true; bundle: Bundle } | { found: false; reason: 'none' | 'too_new' | 'unopenable' } {
  const ofEngine = bundles.filter(({ format }) => format === given.format);
  if (ofEngine.length === 0) return { found: false, reason: 'none' };
  const openable = ofEngine.filter(
    ({ formatVersion, seal }) => formatVersion <= given.formatVersion && seal <= given.seal,
  );
  if (openable.length === 0) return { found: false, reason: 'too_new' };
  const [newest] = openable
    .filter(({ version }) => !given.failed.has(version))
    .toSorted((one, other) => other.version - one.version);
  return newest === undefined
    ? { found: false, reason: 'unopenable' }
    : { found: true, bundle: newest };
}
