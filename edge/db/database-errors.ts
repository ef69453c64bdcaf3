import { causeChain } from '../log/describe-error.ts';

/** True when the database refused a write for this constraint, and so undid the statement. */
export function violatesConstraint(error: unknown, constraint: string): boolean {
  return causeChain(error).some((link) => 'constraint' in link && link.constraint === constraint);
}

/** True when the database was not reached, or its answer was lost: then a write may have been made. */
export function isDatabaseOutage(error: unknown): boolean {
  return causeChain(error).some(
    (link) =>
      link.name === 'NeonDbError' &&
      (link.message.startsWith('Error connecting to database') ||
        link.message.startsWith('Server error (HTTP status 5')),
  );
}
