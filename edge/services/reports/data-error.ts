/**
 * True when the database rejected the values themselves (SQLSTATE class 22, data exception, and 23, integrity constraint),
 * so that sending the same again cannot help. Drizzle wraps a single query's error; a batch's comes bare.
 */
export function isDataError(error: unknown): boolean {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (
    inner instanceof Error &&
    'code' in inner &&
    typeof inner.code === 'string' &&
    /^2[23]/.test(inner.code)
  );
}
