import { AppError } from '../../../shared/errors.ts';

/** What a caller hears whose epoch is not the session's current owner's, or whose lease ran out. */
export function staleEpoch(sessionId: string): AppError {
  return new AppError('CONFLICT', 'Another epoch owns this session, or its lease has expired.', {
    reason: 'stale_epoch',
    sessionId,
  });
}
