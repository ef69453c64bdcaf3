import { AppError } from '../../../shared/errors.ts';

/** What a good signature is not enough for. */

export const suspended = (): AppError =>
  new AppError('FORBIDDEN', 'This workspace is suspended.', { reason: 'workspace_suspended' });

export const leftWorkspace = (): AppError =>
  new AppError('FORBIDDEN', 'You no longer belong to this workspace.', {
    reason: 'not_a_member',
  });

export const lacksScope = (scope: string): AppError =>
  new AppError('FORBIDDEN', `This key lacks the scope ${scope}.`, { scope });

export const pinnedElsewhere = (): AppError =>
  new AppError('FORBIDDEN', 'This key is pinned to another session.');

export const testKeyOnLive = (): AppError =>
  new AppError('FORBIDDEN', 'A test key can reach sandbox sessions only.');

export const addressNotAllowed = (address: string | null): AppError =>
  new AppError('FORBIDDEN', 'This key may not be used from this address.', { address });

export const keyNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such API key in this workspace.');

export const widens = (field: string): AppError =>
  new AppError('FORBIDDEN', `A key cannot manage a key with more rights than its own: ${field}.`, {
    field,
  });

/** What a person's role, or their workspace's tier, does not hold. */
export const beyondRole = (field: string): AppError =>
  field === 'perMinute'
    ? new AppError('FORBIDDEN', "perMinute is more than the workspace's tier allows.", { field })
    : new AppError(
        'FORBIDDEN',
        'Members cannot grant what only owners may do. List the scopes that the key needs, without *, audit:read and workspace:write.',
        { field },
      );
