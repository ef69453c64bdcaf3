import { AppError } from '../../../shared/errors.ts';
import { violatesConstraint } from '../../db/database-errors.ts';

/**
 * The database refuses a second session of the same name; everything else it says is not the caller's to know.
 * @throws AppError CONFLICT
 */
export async function refuseTakenName<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (violatesConstraint(error, 'sessions_workspace_name'))
      throw new AppError(
        'CONFLICT',
        'A session with this name already exists; it may be archived.',
        { field: 'name' },
      );
    throw error;
  }
}
