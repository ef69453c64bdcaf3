const MAX_STACK_LINES = 8;

function causeChain(error: unknown): Error[] {
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

/** True when the database refused a write for this constraint, and so undid the statement. */
export function violatesConstraint(error: unknown, constraint: string): boolean {
  return causeChain(error).some((link) => 'constraint' in link && link.constraint === constraint);
}

/** True when the database was not reached at all, so that nothing can have been written or read. */
export function isDatabaseOutage(error: unknown): boolean {
  return causeChain(error).some(
    (link) =>
      link.name === 'NeonDbError' &&
      (link.message.startsWith('Error connecting to database') ||
        link.message.startsWith('Server error (HTTP status 5')),
  );
}
