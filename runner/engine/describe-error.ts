/** What went wrong, as one line: the library throws bare strings too. */
export function describe(error: unknown): string {
  // Of a host with several addresses, Node says nothing but what each of them came to.
  if (error instanceof AggregateError && error.message === '') return describe(error.errors[0]);
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
