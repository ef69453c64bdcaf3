import { AppError } from '../../../shared/errors.ts';

/** Why the record refused to change a member, as its statement names it. */
export const MEMBER_REFUSALS = ['not_owner', 'not_found', 'last_owner'] as const;
export type MemberRefusal = (typeof MEMBER_REFUSALS)[number];

export function memberRefused(refusal: MemberRefusal): AppError {
  switch (refusal) {
    case 'not_owner':
      return new AppError('FORBIDDEN', 'Only an owner of the workspace may do that.', {
        required: 'owner',
      });
    case 'not_found':
      return new AppError('NOT_FOUND', 'No such member in this workspace.');
    case 'last_owner':
      return new AppError(
        'CONFLICT',
        'A workspace needs at least one owner; make another member an owner first.',
        { reason: 'last_owner' },
      );
  }
}
