import { AppError } from '../../../shared/errors.ts';
import { noPlaceYet, sessionNotNamed } from '../sessions/internal.ts';
import { rejected } from '../../media/store-media.ts';
import { mediaNotFound } from '../media/get-media.ts';
import { noMediaRoom } from '../media/media-quota.ts';
import {
  addressNotAllowed,
  lacksScope,
  pinnedElsewhere,
  suspended,
  testKeyOnLive,
} from '../keys/refusals.ts';

/** Why the send statement wrote nothing: the arms of its CASE. */
export const REFUSALS = [
  'CALLER_NOT_USABLE',
  'ADDRESS_NOT_ALLOWED',
  'WORKSPACE_SUSPENDED',
  'SCOPE_MISSING',
  'MESSAGE_NOT_FOUND',
  'SESSION_NOT_NAMED',
  'SESSION_NOT_FOUND',
  'PINNED_ELSEWHERE',
  'TEST_KEY_ON_LIVE',
  'IDEMPOTENCY_MISMATCH',
  'SESSION_NOT_READY',
  'RECIPIENT_OPTED_OUT',
  'QUOTED_ELSEWHERE',
  'QUOTED_NOT_SENT',
  'MEDIA_NOT_FOUND',
  'MEDIA_TOO_LARGE',
  'MEDIA_MISMATCH',
  'MEDIA_MISNAMED',
  'MEDIA_QUOTA',
  'FIRST_CONTACT_LIMIT',
  'QUEUE_FULL',
] as const;
export type Refusal = (typeof REFUSALS)[number];

const LATER_LIMIT =
  'The session has as many new people to write to around `sendAt` as its limits allow; send it at `details.freeAt`.';

/** The refusal, as the caller is told it. */
export function refusalError(
  refusal: Refusal,
  {
    sessionStatus,
    waitsForCapacity,
    address,
    freeAt,
    retryAfterSeconds,
  }: {
    sessionStatus: string | null;
    waitsForCapacity: boolean;
    address: string | null;
    /** When the session may write to somebody new. */
    freeAt: string | null;
    /** Until then; null for a message for later. */
    retryAfterSeconds: number | null;
  },
): AppError {
  switch (refusal) {
    case 'CALLER_NOT_USABLE':
      return new AppError('UNAUTHORIZED');
    case 'ADDRESS_NOT_ALLOWED':
      return addressNotAllowed(address);
    case 'WORKSPACE_SUSPENDED':
      return suspended();
    case 'SCOPE_MISSING':
      return lacksScope('messages:send');
    case 'MESSAGE_NOT_FOUND':
      return messageNotFound();
    case 'SESSION_NOT_NAMED':
      return sessionNotNamed();
    case 'SESSION_NOT_FOUND':
      return new AppError('SESSION_NOT_FOUND');
    case 'PINNED_ELSEWHERE':
      return pinnedElsewhere();
    case 'TEST_KEY_ON_LIVE':
      return testKeyOnLive();
    case 'IDEMPOTENCY_MISMATCH':
      return new AppError('IDEMPOTENCY_MISMATCH');
    case 'SESSION_NOT_READY':
      return waitsForCapacity
        ? noPlaceYet(sessionStatus)
        : new AppError('SESSION_NOT_READY', undefined, { status: sessionStatus });
    case 'RECIPIENT_OPTED_OUT':
      return new AppError('RECIPIENT_OPTED_OUT');
    case 'QUOTED_ELSEWHERE':
      return new AppError('CONFLICT', 'The quoted message is in another session.');
    case 'QUOTED_NOT_SENT':
      return new AppError('CONFLICT', 'The message to reply to has not been sent yet.');
    case 'MEDIA_NOT_FOUND':
      return mediaNotFound();
    case 'MEDIA_TOO_LARGE':
      return rejected('too_large', 'The stored file is too large for this kind of message.');
    case 'MEDIA_MISMATCH':
      return rejected(
        'type_mismatch',
        'The stored file has a type that this kind of message does not take.',
      );
    case 'MEDIA_QUOTA':
      return noMediaRoom();
    case 'FIRST_CONTACT_LIMIT':
      return retryAfterSeconds === null
        ? new AppError('FIRST_CONTACT_LIMIT', LATER_LIMIT, { freeAt })
        : new AppError('FIRST_CONTACT_LIMIT', undefined, { retryAfterSeconds });
    case 'MEDIA_MISNAMED':
      return rejected('type_mismatch', 'The stored file is not what `filename` says.');
    case 'QUEUE_FULL':
      return new AppError('QUEUE_FULL');
  }
}

export const contentExpired = (): AppError =>
  new AppError('CONFLICT', 'The content of the message is not kept any more.', {
    reason: 'content_expired',
  });

export const messageNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such message in this workspace.');

/** @throws AppError CONFLICT for a message of somebody who was erased: nothing is left of it to act on */
export function refuseErased({ erasedAt }: { erasedAt: Date | null }): void {
  if (erasedAt !== null)
    throw new AppError('CONFLICT', 'The person of this message was erased.', { reason: 'erased' });
}
