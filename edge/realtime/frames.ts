import { z } from 'zod';
import { SUBSCRIBABLE } from '../../shared/catalogue/events/index.ts';
import { LIMITS } from '../../shared/catalogue/limits.ts';

/** What the client names a request of its own by, to find its answer. */
const RequestId = z.string().min(1).max(64);

export const SubscribedTypes = z
  .array(z.string().refine((name) => SUBSCRIBABLE.has(name), 'is no event type, wildcard or alias'))
  .min(1)
  .max(LIMITS.socketTypes.limit);
export const SubscribedSessions = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(LIMITS.socketSessions.limit);

/** What a client may send, as JSON text. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    id: RequestId,
    types: SubscribedTypes.nullable().default(null),
    sessionIds: SubscribedSessions.nullable().default(null),
  }),
  z.strictObject({ type: z.literal('check'), seq: z.number().int() }),
  z.strictObject({
    type: z.literal('command'),
    id: RequestId,
    command: z.enum(['create_session', 'send_message', 'disconnect_session']),
    input: z.record(z.string(), z.unknown()),
    idempotencyKey: z
      .string()
      .regex(/^[!-~]{1,255}$/)
      .optional(),
  }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

/** Why a connection is closed by us: the code of the close frame, and its reason. Beside those of the protocol itself. */
export const CLOSE = {
  unauthorized: { code: 4001, reason: 'the credential is no longer valid' },
  expired: { code: 4001, reason: 'an hour is over; connect with a new token' },
  forbidden: { code: 4003, reason: 'the credential may no longer read these events' },
  sessionDeleted: { code: 4004, reason: 'the sessions of this connection were deleted' },
  slowReader: { code: 4008, reason: 'events were not read in time; resume with after=<last seq>' },
  cursorTooOld: { code: 4010, reason: 'events after the cursor are no longer kept' },
  tooManyFrames: { code: 4029, reason: 'too many frames' },
  tooLarge: { code: 1009, reason: 'the frame is too large' },
} as const;
export type CloseReason = keyof typeof CLOSE;
