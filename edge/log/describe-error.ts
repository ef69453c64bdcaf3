const MAX_STACK_LINES = 8;

/** An error and what caused it, outermost first; five deep at most. */
export function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  let current = error;
  while (current instanceof Error && chain.length < 5) {
    chain.push(current);
    current = current.cause;
  }
  return chain;
}

/**
 * What the log may know of an error. Drizzle's own message repeats the query's parameters, which are callers' texts and
 * keys, so that only the database's answer beneath it is taken.
 */
export function describeError(error: unknown): Record<string, unknown> {
  const chain = causeChain(error);
  const root = chain.at(-1);
  if (root === undefined) return { error: typeof error };
  const fromQuery = chain[0]?.name === 'DrizzleQueryError' || 'query' in (chain[0] ?? {});
  return {
    error: root.name,
    message: fromQuery && chain.length === 1 ? 'query failed' : root.message,
    ...('code' in root ? { code: root.code } : {}),
    stack: (root.stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, MAX_STACK_LINES),
  };
}
