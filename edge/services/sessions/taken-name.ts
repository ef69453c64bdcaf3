import { AppError } from '../../../shared/errors.ts';

/**
 * The database refuses a second session of the same name; everything else it says is not the caller's to know.
 * @throws AppError CONFLICT
 */
export async function refuseTakenName<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (violates(error, 'sessions_workspace_name'))
      throw new AppError(
        'CONFLICT',
        'A session with this name already exists; it may be archived.',
        { field: 'name' },
      );
    throw error;
  }
}

const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Error &&
  (('constraint' in error && error.constraint === constraint) || violates(error.cause, constraint));
