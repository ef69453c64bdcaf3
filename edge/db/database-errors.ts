import { causeChain } from '../log/describe-error.ts';

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
