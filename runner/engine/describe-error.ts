/** What went wrong, as one line: the library throws bare strings too. */
export function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
